using System.Diagnostics;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// Real packages, from a recorded index that is served on loopback: what they are pinned to is installed, and all of it imports.
/// </summary>
public sealed class RecordedSetsTests : IClassFixture<RecordedSetsTests.Served>
{
    // Every module that an installed package brings at the top, imported one by one; what a module prints is not ours.
    private const string ImportAll = """
        import contextlib, importlib, importlib.metadata, io, sys
        wrong = []
        for distribution in importlib.metadata.distributions(path=[p for p in sys.path if p.startswith(sys.prefix)]):
            tops = set()
            for file in distribution.files or []:
                first = file.parts[0]
                if len(file.parts) == 1 and first.endswith(".py"): tops.add(first[:-3])
                elif len(file.parts) == 1 and ".cpython-" in first and first.endswith(".so"): tops.add(first.split(".")[0])
                elif len(file.parts) == 2 and file.parts[1] == "__init__.py": tops.add(first)
            for top in sorted(tops):
                if not top.isidentifier(): continue
                try:
                    with contextlib.redirect_stdout(io.StringIO()): importlib.import_module(top)
                except BaseException as error: wrong.append(f"{top}: {type(error).__name__}: {error}")
        print(*wrong, sep="\n", end="")
        """;

    private readonly Served _index;

    public RecordedSetsTests(Served index) => _index = index;

    // `optional` is what one module says under plain Python, too, because its set leaves out a package that it needs.
    [Theory]
    [InlineData("black", "blackd: ImportError: aiohttp dependency is not installed")]
    [InlineData("boto3")]
    [InlineData("buildtools")]
    [InlineData("dev", "matplotlib_inline: ModuleNotFoundError: No module named 'matplotlib'")]
    [InlineData("jupyter", "matplotlib_inline: ModuleNotFoundError: No module named 'matplotlib'")]
    [InlineData("pth")]
    [InlineData("seed")]
    [InlineData("trio")]
    [InlineData("web")]
    public void A_recorded_set_installs_by_its_hashes_and_all_of_it_imports_confined(string set, string optional = "")
    {
        string? synced = Recorded.Find($"pypi/sets/{set}.sync.txt");
        string pins = synced ?? Recorded.Path($"pypi/sets/{set}.txt");
        using var user = new Somebody();

        string[] options = [.. synced is null ? (string[])[] : ["--no-deps"], .. set is "pth" ? (string[])["--omit-hooks"] : []];
        Outcome installed = user.Sandpiper(["install", "--env", set, "-i", _index.Address, "-r", pins, .. options]);


        Assert.True(installed.ExitCode == 0, $"{installed}");
        Assert.Equal(PinsOf(pins), user.Sandpiper("freeze", "--env", set).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Order(StringComparer.Ordinal));
        Assert.Equal(0, user.Sandpiper("verify", "--full", "--env", set).ExitCode);

        Outcome imported = user.Sandpiper("run", "--env", set, "--", "python", "-W", "ignore", "-c", ImportAll);
        string[] wrong = imported.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(imported.ExitCode == 0 && wrong.Length == (optional is "" ? 0 : 1), $"{imported}");
        if (optional is not "") Assert.StartsWith(optional, wrong[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_plot_becomes_a_picture_where_writing_is_granted_and_only_there()
    {
        string pins = Recorded.Path("pypi/sets/seed.txt");
        using var user = new Somebody();
        Outcome installed = user.Sandpiper("install", "-i", _index.Address, "-r", pins);
        Assert.True(installed.ExitCode == 0, $"{installed}");
        user.Write("plot.py",
            "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.savefig('plot.png')\n");
        string picture = Path.Combine(user.Project, "plot.png");

        Outcome refused = user.Sandpiper("run", "--", "python", "plot.py");
        Assert.Equal(1, refused.ExitCode);
        Assert.False(File.Exists(picture));
        Outcome plotted = user.Sandpiper("run", "--write", ".", "--", "python", "plot.py");

        Assert.True(plotted.ExitCode == 0, $"{plotted}");
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], File.ReadAllBytes(picture).Take(8));
    }

    // `name==version \` with hashes on the next lines; names are in normal form already.
    private static string[] PinsOf(string file) =>
        [.. File.ReadLines(file).Where(line => char.IsAsciiLetterOrDigit(line.FirstOrDefault())).Select(line => line.Split(' ', ';')[0])
            .Order(StringComparer.Ordinal)];

    /// <summary>The recorded index's own server, for all tests of this class.</summary>
    public sealed class Served : IDisposable
    {
        private Process? _server;

        public string Address => field ??= Start();

        public void Dispose()
        {
            _server?.Kill();
            _server?.Dispose();
        }

        private string Start()
        {
            _server = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-u", Recorded.Path("pypi/serve.py"), "--port", "0"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            _server.ErrorDataReceived += (_, _) => { };
            _server.BeginErrorReadLine();
            string said = _server.StandardOutput.ReadLine() ?? "";
            int at = said.IndexOf("http://", StringComparison.Ordinal);
            Assert.True(at >= 0, $"the recorded index does not start: {said}");
            return said[at..].Split(' ')[0];
        }
    }
}
