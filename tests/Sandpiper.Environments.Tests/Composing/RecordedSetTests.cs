using System.Diagnostics;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Verifying;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Store;
using Sandpiper.Surroundings;

namespace Sandpiper.Environments.Tests.Composing;

/// <summary>A whole set of real packages, as somebody would install it.</summary>
public sealed class RecordedSetTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData("jupyter.sync.txt", 80, "jupyter_client, nbformat, tornado, zmq")]
    [InlineData("dev.sync.txt", 40, "pytest")]
    public void A_real_set_composes_verifies_and_imports(string set, int atLeast, string imports)
    {
        Assert.SkipUnless(Workshop.Python.VersionedName == "python3.11", "the wheels were recorded for Python 3.11");
        var packages = Packages(set);
        Assert.True(packages.Length >= atLeast, $"only {packages.Length} packages of {set} are here");
        // compiled, and in the page cache
        using (var staging = Staging.Create(_workshop.Root.Path)) _workshop.Compose(staging.NewDirectory(), 1, packages);

        long start = Stopwatch.GetTimestamp();
        Generation generation = _workshop.Install(packages);
        var composing = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        var quick = Verify(generation, full: false);
        var quickly = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        var full = Verify(generation, full: true);
        TestContext.Current.SendDiagnosticMessage(
            $"{set}: {packages.Length} packages, {quick.Files} files: composed and switched in {composing.TotalMilliseconds:F0} ms, "
                + $"verified in {quickly.TotalMilliseconds:F0} ms, every byte in "
                + $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
        Assert.Empty(quick.Deviations);
        Assert.Empty(full.Deviations);

        var output = PlainProgram.Run(Path.Combine(generation.Scripts, "python"), ["-B", "-c", $"import {imports}"],
            new Dictionary<string, string>(), TimeSpan.FromMinutes(2), 10_000);
        Assert.Equal((0, ""), (output.ExitCode, System.Text.Encoding.UTF8.GetString(output.StandardError)));
    }

    private EnvironmentVerifier.Report Verify(Generation generation, bool full) =>
        new EnvironmentVerifier(_workshop.Environment, _workshop.Root.Store)
            .Verify(generation, full, TestContext.Current.CancellationToken);

    private ComposedPackage[] Packages(string set)
    {
        var wanted = File.ReadLines(Recorded.Path($"pypi/sets/{set}")).Where(l => l.Contains("==", StringComparison.Ordinal))
            .Select(l => l.Split(' ', ';', '\\')[0].Trim())
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. Directory.EnumerateFiles(Recorded.Path("pypi/files"), "*.whl")
            .Select(path => (Path: path, Name: WheelFileName.TryParse(Path.GetFileName(path), out var name, out _) ? name : null))
            .Where(w => w.Name is not null && wanted.Contains($"{w.Name.Name}=={w.Name.Version}"))
            .GroupBy(w => w.Name!.Name).Select(g => g.First())
            .Select(w => Workshop.LeavingOut(Workshop.Package(_workshop.Root.Seal(Path.GetFileName(w.Path), File.ReadAllBytes(w.Path)))))];
    }
}
