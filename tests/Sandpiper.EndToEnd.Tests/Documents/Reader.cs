using System.Globalization;
using System.Text;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests.Documents;

/// <summary>Somebody who types a page into one shell, line by line, with an index of stand-ins and the files that the pages name.</summary>
internal sealed class Reader : IDisposable
{
    private readonly Somebody _somebody = new();
    private readonly string _clone;

    public Reader()
    {
        _clone = Clone();
        string index = Path.Combine(_somebody.Place, "index");
        StandIns.Index(Path.Combine(_somebody.Home, "marker")).WriteTo(index);
        _somebody.Variables["SANDPIPER_INDEX_URL"] = $"file://{index}/simple/";
        _somebody.Variables["PATH"] = $"{Path.GetDirectoryName(PublishedCommand.Path)}:/usr/local/bin:/usr/bin:/bin";
        _somebody.Write("plot.py", "import os\nimport matplotlib.pyplot as plt\nplt.plot([1, 2, 4])\n"
            + "if os.access('.', os.W_OK):\n    plt.savefig('plot.png')\n");
        _somebody.Write("fetch.py", "import requests\nprint(requests.__version__)\n");
        WriteEnvironment();
        _somebody.Write("requirements.txt", "requests>=2\nsix==1.0\n");
    }

    /// <summary>Types the lines in order, whatever becomes of each; <c>cd</c> and <c>export</c> last until the end.</summary>
    /// <returns>Each line that did not end as the page says, with what it said.</returns>
    public IReadOnlyList<string> Type(IReadOnlyList<PageLine> lines)
    {
        PageLine[] typed = [.. lines.Where(CanBeTyped)];
        for (int i = 0; i < typed.Length; i++) _somebody.Write(Typed(i), typed[i].Text);
        string script = string.Concat(typed.Select((line, i) =>
        {
            string run = $"eval \"$(cat {Typed(i)})\"";
            return line.Text.StartsWith("./", StringComparison.Ordinal)
                ? $"(cd {_clone} && {run}) >{Typed(i)}.said 2>&1; echo $? >{Typed(i)}.exit\n"
                : $"{run} >{Typed(i)}.said 2>&1; echo $? >{Typed(i)}.exit\n";
        }));
        Outcome whole = _somebody.Run(["/bin/bash", "-c", script]);
        return [.. typed.Select((line, i) => Verdict(line, i, whole)).OfType<string>()];
    }

    public void Dispose() => _somebody.Dispose();

    // One package as pip leaves it, and a record about another.
    private void WriteEnvironment()
    {
        _somebody.Write(".venv/pyvenv.cfg", "home = /usr/bin\n");
        _somebody.Write(".venv/lib/python3.11/site-packages/six.py", "");
        _somebody.Write(".venv/lib/python3.11/site-packages/six-1.0.dist-info/METADATA",
            Encoding.UTF8.GetString(OrdinaryPackages.Small("six", "1.0").Metadata.Span));
        _somebody.Write(".venv/lib/python3.11/site-packages/six-1.0.dist-info/RECORD",
            "six.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\nsix-1.0.dist-info/METADATA,,\nsix-1.0.dist-info/RECORD,,\n");
        _somebody.Write("all.zip", """{"id": "MAL-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "evilhook"}}]}""");
    }

    // A built clone as far as `./sandpiper` looks: the real one may lie where this reader has no way in.
    private string Clone()
    {
        string clone = Path.Combine(_somebody.Place, "clone");
        Directory.CreateDirectory(Path.Combine(clone, "src"));
        Directory.CreateDirectory(Path.Combine(clone, "out"));
        foreach (string file in (string[])["sandpiper", "Directory.Build.props", "Directory.Packages.props"])
        {
            File.Copy(Path.Combine(PublishedCommand.Checkout, file), Path.Combine(clone, file));
        }
        ProgramCopy.As(Path.Combine(clone, "out", "sandpiper"), PublishedCommand.Path);
        return clone;
    }

    private string Typed(int number) => Path.Combine(_somebody.Home, ".typed", number.ToString(CultureInfo.InvariantCulture));

    private string? Verdict(PageLine line, int number, Outcome whole)
    {
        string exit = $"{Typed(number)}.exit";
        if (!File.Exists(exit)) return $"line {line.Number}: `{line.Text}` was not reached; {whole}";
        string code = File.ReadAllText(exit).Trim();
        return code == line.ExitCode.ToString(CultureInfo.InvariantCulture) ? null
            : $"line {line.Number}: `{line.Text}` ended with {code}, not {line.ExitCode}:\n{File.ReadAllText($"{Typed(number)}.said")}";
    }

    // These two build the very command that types here, and run these very tests. Completion for a shell needs that shell.
    private static bool CanBeTyped(PageLine line) =>
        !line.Text.StartsWith("./test", StringComparison.Ordinal) && !line.Text.StartsWith("./build", StringComparison.Ordinal)
        && !line.Text.Contains("completion zsh", StringComparison.Ordinal)
        && !line.Text.Contains("completion fish", StringComparison.Ordinal);
}
