using System.Text.Json;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;
using Sandpiper.Surroundings;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Tests.Composing;

/// <summary>Real wheels, and what pip and uv made of them: the same paths and bytes here, but sealed.</summary>
public sealed class InstallOracleTests
{
    [Theory]
    [InlineData(LinkMode.Symlink)]
    [InlineData(LinkMode.Hardlink)]
    public void What_pip_installs_is_installed_path_by_path_and_byte_by_byte(LinkMode mode)
    {
        using var workshop = new Workshop { Mode = mode };
        Assert.SkipUnless(Workshop.Python.VersionedName == "python3.11", "the vectors were recorded with Python 3.11");
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Recorded.Path("vectors/install-oracle/expect.json")));
        var problems = new List<string>();
        int files = 0, number = 0;
        foreach (var wheel in expected.RootElement.GetProperty("wheels").EnumerateObject())
            files += Compare(workshop, ++number, wheel.Name, wheel.Value, problems);
        TestContext.Current.SendDiagnosticMessage($"{files} files of the oracle");
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(files > 1500);
    }

    private static int Compare(Workshop workshop, int number, string fileName, JsonElement expected, List<string> problems)
    {
        var sealedWheel = workshop.Root.Seal(
            fileName, File.ReadAllBytes(Recorded.Path($"vectors/install-oracle/wheels/{fileName}")), null, "SP-WHEEL-16");
        var package = Workshop.Allowing(Workshop.Package(sealedWheel));
        using var staging = Staging.Create(workshop.Root.Path);
        string made = staging.NewDirectory(), work = workshop.Environment.DirectoryOf(number);
        var generation = workshop.Compose(made, number, [package]);
        // Its links lead to the store from there.
        Directory.CreateDirectory(workshop.Environment.Generations);
        Directory.Move(made, work);

        // The new directory has the normal name, as the standard asks of new tools; pip keeps the wheel's.
        string theirs = $"{Workshop.SitePackages}/{sealedWheel.DistInfo}/";
        string ours = $"{Workshop.Destination.DistInfo(package.Facts.Name, package.Facts.Version)}/";
        var there = Directory.EnumerateFiles(work, "*", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(work, p))
            .Where(p => !p.StartsWith("lib64/", StringComparison.Ordinal)
                // Links to what is compiled later.
                && !generation.Linked.Any(l => string.Equals(l.Path, p, StringComparison.Ordinal))
                && p is not ("pyvenv.cfg" or "generation.json" or "bin/python" or "bin/python3" or "bin/python3.11"))
            .ToHashSet(StringComparer.Ordinal);
        var uv = Files(expected.GetProperty("uv"));
        int count = 0;
        foreach (var (path, file) in Files(expected.GetProperty("pip")))
        {
            // On purpose not taken over: a wheel's own word about where it came from, and byte code, which runs instead of what a reader
            // reads; only what has no source is taken, since it was accepted.
            bool isByteCode = path.EndsWith(".pyc", StringComparison.Ordinal) && !there.Contains(path);
            if (path.EndsWith("/direct_url.json", StringComparison.Ordinal) || isByteCode) continue;
            count++;
            string here = path.StartsWith(theirs, StringComparison.Ordinal) ? ours + path[theirs.Length..] : path;
            if (!there.Remove(here))
            {
                problems.Add($"{fileName}: {path} is missing");
                continue;
            }
            CompareMode(fileName, path, file, uv.GetValueOrDefault(path), File.GetUnixFileMode(Path.Combine(work, here)), problems);
            if (IsSame(path, file, Path.Combine(work, here), generation.Directory)) continue;
            problems.Add($"{fileName}: {path} has other bytes");
        }
        problems.AddRange(there.Select(p => $"{fileName}: {p} is here alone"));
        return count;
    }

    private static Dictionary<string, JsonElement> Files(JsonElement tool) =>
        tool.GetProperty("files").EnumerateArray().ToDictionary(f => f.GetProperty("path").GetString()!, StringComparer.Ordinal);

    // Less every write bit. Where pip and uv differ, a script without its execute bit, uv's answer is the standard's.
    private static void CompareMode(string wheel, string path, JsonElement pip, JsonElement uv, UnixFileMode mode, List<string> problems)
    {
        var tool = uv.ValueKind == JsonValueKind.Undefined ? pip : uv;
        var expected = tool.GetProperty("mode").GetString() == "0755" ? SealedTree.ExecutableMode : SealedTree.FileMode;
        if (mode != expected) problems.Add($"{wheel}: {path} has mode {mode}");
    }

    private static bool IsSame(string path, JsonElement file, string here, string place)
    {
        string name = Path.GetFileName(path);
        if (name is "RECORD" or "INSTALLER") return true;       // each installer's own; RECORD has tests of its own
        byte[] content = File.ReadAllBytes(here);
        if (file.TryGetProperty("kind", out var kind) && kind.GetString() == "shebang")
        {
            string text = System.Text.Encoding.UTF8.GetString(content).Replace(place, "$VENV", StringComparison.Ordinal);
            // a launcher, with a body of our own
            if (text.Contains("safe_path", StringComparison.Ordinal))
                return text.StartsWith("#!$VENV/bin/python\n", StringComparison.Ordinal);
            content = System.Text.Encoding.UTF8.GetBytes(text);
        }
        return Sha256Digest.Of(content).Hex == file.GetProperty("sha256").GetString();
    }
}
