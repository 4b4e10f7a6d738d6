using System.Diagnostics;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Destinations;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Samples;

namespace Sandpiper.Environments.Tests.Destinations;

public sealed class DestinationTests : IDisposable
{
    // The standard library's own reading of RECORD: every file that it lists must be where it looks.
    private const string Judge = """
        import sys, importlib, importlib.metadata
        sys.path.insert(0, sys.argv[1])
        found = importlib.metadata.distribution(sys.argv[2])
        listed = sorted(str(file.locate().resolve()) for file in found.files)
        print('\n'.join(listed))
        importlib.import_module(sys.argv[2])
        """;

    private static readonly Destination Target = new("", "bin", "include");

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_virtual_environment_and_a_target_directory_are_filled_by_the_same_plan(bool isTarget)
    {
        var wheel = new SampleWheel("pebble", "1.0").WithFile("pebble/__init__.py", "").WithData("share/pebble.txt", "told"u8.ToArray())
            .WithConsoleScript("pebble", "pebble:main").WithScript("pebble-tool", "#!python\n");
        var package = _workshop.Package(wheel);
        var destination = isTarget ? Target : Workshop.Destination;
        string place = Directory.CreateDirectory(Path.Combine(_workshop.Root.Path, "place")).FullName;

        var maker = new PackageFiles(destination, new Launcher(Workshop.Python.Path), SoleDirectories.None, linksRecords: false);
        var own = maker.Of(package).ToList();
        TreeFile[] files = [.. own, .. maker.WrittenRecordsOf(package, own)];
        using var entries = new LinkedEntries(byteCodeTag: null);
        new TreeWriter(place, place, entries).Write(new GenerationPlan([.. files], [], [], []), TestContext.Current.CancellationToken);

        string[] written = [.. files.Select(f => Path.Combine(place, f.Path)).Order(StringComparer.Ordinal)];
        Assert.Equal(written, Listed(Path.Combine(place, destination.SitePackages), "pebble"));
        Assert.Contains(Path.Combine(place, "bin/pebble-tool"), written);
        Assert.Contains(Path.Combine(place, "share/pebble.txt"), written);
    }

    [Theory]
    [InlineData("lib/python3.11/site-packages/six.py", "six.py")]
    [InlineData("bin/six", "../../../bin/six")]
    [InlineData("lib/python3.11/site-packagesX/six.py", "../../../lib/python3.11/site-packagesX/six.py")]
    public void RECORD_begins_where_modules_are_and_is_read_back(string path, string row)
    {
        var destination = Destination.VirtualEnvironment("python3.11");
        Assert.Equal(row, destination.InRecord(path));
        Assert.Equal(path, destination.FromRecord(row));
        Assert.Equal(path, Target.InRecord(path));
        Assert.Equal(path, Target.FromRecord(path));
    }

    [Theory]
    [InlineData("bin/six", "six")]
    [InlineData("bin/a/b", "a/b")]
    [InlineData("bin", null)]
    [InlineData("binary/six", null)]
    public void A_program_is_what_lies_among_the_scripts(string path, string? name) => Assert.Equal(name, Target.ScriptOf(path));

    private static string[] Listed(string sitePackages, string name)
    {
        var start = new ProcessStartInfo(Workshop.Python.Path, ["-I", "-S", "-B", "-c", Judge, sitePackages, name])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var python = Process.Start(start)!;
        string[] told = python.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        python.WaitForExit();
        Assert.Equal(0, python.ExitCode);
        return told;
    }
}
