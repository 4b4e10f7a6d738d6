using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// Promise P4: <c>kill -9</c> at any moment leaves one whole generation, and nothing that the next command does not sweep.
/// </summary>
public sealed class KillTests
{
    private const int Kills = 100;

    // Of whatever changes something. `SANDPIPER_KILLS=1000` is the long form, for before a release.
    private static readonly int KillsOfAnything =
        int.TryParse(Environment.GetEnvironmentVariable("SANDPIPER_KILLS"), CultureInfo.InvariantCulture, out int asked) ? asked : 40;
    private const int Sweep = 20;       // after so many it is looked for what was left
    private const int Seed = 20_117;

    private static readonly ImmutableArray<string> Flock = ["avocet", "curlew", "dunlin", "godwit", "knot", "ruff"];

    // Each says of which version it is in three places; a mixture would show.
    private const string Census = """
        import importlib, importlib.metadata
        versions = set()
        for name in ["avocet", "curlew", "dunlin", "godwit", "knot", "ruff"]:
            versions |= {importlib.import_module(name).__version__, importlib.import_module(name + ".more").VERSION,
                         importlib.metadata.version(name)}
        print(*sorted(versions))
        """;

    [Fact]
    public void A_hundred_kills_leave_a_hundred_working_environments()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().WithAll(
            from version in (string[])["1.0", "2.0"] from bird in Flock select Bird(bird, version)));
        Change(user, index, "1.0");
        // Both directions once: from now on every wheel is known, unless the store is removed.
        TimeSpan usual = Measured(() => Change(user, index, "2.0"));

        var random = new Random(Seed);
        int cut = 0;
        string last = "2.0";
        for (int n = 0; n < Kills || cut <= Kills / 4; n++)
        {
            string next = last is "1.0" ? "2.0" : "1.0";
            // Every other time the wheels are sealed anew, so that kills fall into that, too.
            if (n % 2 == 0) ForgetWheelsOf(user, next);
            using Process change = user.Start([PublishedCommand.Path, .. Arguments(index, next)]);
            long started = Stopwatch.GetTimestamp();
            bool ended = change.WaitForExit(usual * (random.NextDouble() * 1.2));
            // The machine has become faster, or has less else to do.
            if (ended) usual = Stopwatch.GetElapsedTime(started);
            if (!ended)
            {
                change.Kill();
                change.WaitForExit();
                cut++;
            }
            Outcome census = user.Sandpiper("run", "--", "python", "-c", Census);
            Assert.True(census.ExitCode == 0 && census.Output is "1.0\n" or "2.0\n", $"kill {n}: {census}");
            Outcome verified = user.Sandpiper("verify");
            Assert.True(verified.ExitCode == 0, $"kill {n}: {verified}");
            last = census.Output.Trim();
        }

        Change(user, index, last is "1.0" ? "2.0" : "1.0");
        Assert.Empty(Tree.Of(Path.Combine(user.DataRoot, "staging")));
        Assert.Equal(0, user.Sandpiper("verify", "--full").ExitCode);
        Assert.Equal(0, user.Sandpiper("history", "--json").ExitCode);
    }

    // Install, upgrade, byte code, gc and rollback, each with its own usual time: a working environment after each kill, and after the next
    // change nothing that nobody needs.
    [Fact]
    public void Whatever_is_killed_leaves_a_working_environment_and_nothing_else()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().WithAll(
            from version in (string[])["1.0", "2.0"] from bird in Flock select Bird(bird, version)));
        Change(user, index, "1.0");
        Change(user, index, "2.0");
        var usual = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        var random = new Random(Seed);
        var cut = new Dictionary<string, int>(StringComparer.Ordinal);
        string last = "2.0";
        for (int n = 0; n < KillsOfAnything;)
        {
            string other = last is "1.0" ? "2.0" : "1.0";
            string[][] changes =
            [
                Arguments(index, other), ["install", "--compile", "never", "-U", "-i", index, .. Flock],
                ["install", "--compile", "now", "-i", index, .. Flock.Select(bird => $"{bird}=={other}")],
                ["gc", "--keep", "0"], ["gc", "--keep", "1"], ["rollback"],
            ];
            string[] words = changes[random.Next(changes.Length)];
            string kind = string.Join(' ', words.Take(3));
            using Process change = user.Start([PublishedCommand.Path, .. words]);
            long started = Stopwatch.GetTimestamp();
            TimeSpan most = usual.GetValueOrDefault(kind, TimeSpan.FromSeconds(0.3));
            bool ended = change.WaitForExit(most * (random.NextDouble() * 1.2));
            if (!ended)
            {
                change.Kill();
                change.WaitForExit();
                cut[kind] = cut.GetValueOrDefault(kind) + 1;
                n++;
            }
            // What never ends in that time is given more of it, so that kills come to its end, too.
            usual[kind] = ended ? Stopwatch.GetElapsedTime(started) : most * 1.02;
            Outcome census = user.Sandpiper("run", "--", "python", "-c", Census);
            Assert.True(census.ExitCode == 0 && census.Output is "1.0\n" or "2.0\n", $"kill {n} of {kind}: {census}");
            Outcome verified = user.Sandpiper("verify");
            Assert.True(verified.ExitCode == 0, $"kill {n} of {kind}: {verified}");
            last = census.Output.Trim();
            if (n % Sweep != 0 || ended) continue;
            LeavesNothing(user, index, last is "1.0" ? "2.0" : "1.0");
            TestContext.Current.SendDiagnosticMessage($"{n} kills");
        }
        TestContext.Current.SendDiagnosticMessage(string.Join(", ", cut.Select(c => $"{c.Value} of {c.Key}")));
        LeavesNothing(user, index, "1.0");
        Assert.Equal(0, user.Sandpiper("verify", "--full").ExitCode);
        Assert.Equal(0, user.Sandpiper("history", "--check").ExitCode);
    }

    // What only a kill could have left goes with the next change; what nobody needs, with the next collection.
    private static void LeavesNothing(Somebody user, string index, string version)
    {
        Change(user, index, version);
        Outcome collected = user.Sandpiper("gc", "--keep", "0");
        Assert.True(collected.ExitCode == 0, $"{collected}");
        Assert.Empty(Tree.Of(Path.Combine(user.DataRoot, "staging")));
        string[] sealedHere = [.. Directory.GetFileSystemEntries(Path.Combine(user.DataRoot, "store")).Select(e => Path.GetFileName(e))
            .Where(name => name != "by-shared")];
        Assert.Equal(Flock.Length, sealedHere.Length);
        Assert.Equal(sealedHere.Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(Path.Combine(user.DataRoot, "store/by-shared")).Select(e => Path.GetFileName(e))
                .Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(Path.Combine(user.DataRoot, "stamps")),
            stamps => Assert.Contains(Path.GetFileName(stamps).Split('.')[0], sealedHere));
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(user.DataRoot, "envs/shared/generations")));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(user.DataRoot, "*", Below), IsLeft);
    }

    private static EnumerationOptions Below { get; } =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private static bool IsLeft(string path) => Path.GetExtension(path) is ".gone" or ".next" or ".new" or ".begun";

    private static SampleWheel Bird(string name, string version) => Enumerable.Range(0, 40).Aggregate(
        OrdinaryPackages.Small(name, version).WithFile($"{name}/more.py", $"VERSION = \"{version}\"\n"),
        (wheel, n) => wheel.WithFile($"{name}/feather{n}.py", $"{string.Join('\n', Enumerable.Repeat($"# {n} {version}", 200))}\n"));

    private static string[] Arguments(string index, string version) =>
        ["install", "--compile", "never", "-i", index, .. Flock.Select(bird => $"{bird}=={version}")];

    private static void Change(Somebody user, string index, string version)
    {
        Outcome changed = user.Sandpiper(Arguments(index, version));
        Assert.True(changed.ExitCode == 0, $"{changed}");
    }

    // What no generation uses could be swept at any time; here it is taken by hand, with the generations that use it. Only directories
    // become writable: the files may be the current generation's, too.
    private static void ForgetWheelsOf(Somebody user, string version)
    {
        string current = user.Generation();
        user.Run(["/bin/sh", "-c", $$"""
            cd "$0" || exit 1
            for g in envs/shared/generations/*; do
              [ "$g" -ef "{{current}}" ] || { find "$g" -type d -exec chmod u+w {} +; rm -rf "$g"; }
            done
            for e in store/*; do
              grep -q -- '-{{version}}-py3' "$e/manifest.json" && { find "$e" -type d -exec chmod u+w {} +; rm -rf "$e"; }
            done; true
            """, user.DataRoot]);
    }

    private static TimeSpan Measured(Action action)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started);
    }
}
