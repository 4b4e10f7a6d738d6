using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Samples;
using Sandpiper.Sandbox.Decoys;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Demonstration;

/// <summary>
/// What Sandpiper does besides, in order. Every result is read from outside: files, a decoy, exit codes; never from a program's own words.
/// </summary>
internal sealed class Story(SandpiperSide ours) : IDisposable
{
    private const int Kills = 10, Starts = 5;

    // Prints every version that is found in the package's parts: one, when it is whole.
    private const string Versions =
        "import pkgutil, importlib, shingle; "
        + "parts = [importlib.import_module('shingle.' + m.name).VERSION for m in pkgutil.iter_modules(shingle.__path__)]; "
        + "print(len(parts), *sorted(set(parts + [shingle.__version__])))";
    private readonly DecoyWatch _decoy = new(ours.Stage.Key);

    /// <summary>Times that our side's decoy key was opened so far; our own looks at it not counted.</summary>
    public int DecoyOpened { get; private set; }

    /// <summary>Commands and man pages of a package are where they belong; known when the first act is done.</summary>
    public bool KeepsFurniture { get; private set; }

    /// <summary>How many acts there are.</summary>
    public const int Count = 5;

    /// <summary>Each act is done when it is asked for.</summary>
    public IEnumerable<Act> Acts()
    {
        yield return InstallTwo();
        yield return ChangeByHand();
        yield return LyingRecord();
        yield return TamperAtImport();
        yield return KillInTheMiddle();
        DecoyOpened = _decoy.Count;
    }

    /// <summary>What a start of Python takes, as it is and confined: the median of several.</summary>
    /// <param name="interpreter">The one that the environment is for.</param>
    public (TimeSpan Plain, TimeSpan Confined) TimesOfStart(string interpreter)
    {
        return (Median(() => PlainProgram.Run(interpreter, ["-I", "-S", "-c", "pass"], ImmutableDictionary<string, string>.Empty,
            TimeSpan.FromMinutes(1), 1 << 10)), Median(() => ours.Python("pass")));

        static TimeSpan Median(Action start) => Enumerable.Range(0, Starts).Select(_ =>
        {
            long started = Stopwatch.GetTimestamp();
            start();
            return Stopwatch.GetElapsedTime(started);
        }).Order().ElementAt(Starts / 2);
    }

    public void Dispose() => _decoy.Dispose();

    private Act InstallTwo()
    {
        bool here = ours.Install(Stage.Wanted, Stage.WantedToo, ProbePackages.Furnished) && ours.Verify();
        KeepsFurniture = ours.Run(ProbePackages.Furnished) is not null && ours.Has("share/man", $"man1/{ProbePackages.Furnished}.1");
        return new("three packages for one shared set", here ? "installed, sealed" : "failed", here);
    }

    private Act ChangeByHand()
    {
        // With the owner's rights a file can always be changed outside the sandbox; what counts is that it is seen.
        string file = ours.FileOf("tide/__init__.py");
        byte[] before = File.ReadAllBytes(file);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(file, "# by hand\n");
        bool seen = !ours.Verify();
        File.WriteAllBytes(file, before);
        File.SetLastWriteTimeUtc(file, Store.SealedTree.SealTime);
        File.SetUnixFileMode(file, Store.SealedTree.FileMode);
        return new("you change a file of theirs by hand", seen ? "seen by `verify`" : "not seen", seen);
    }

    private Act LyingRecord()
    {
        bool here = ours.Install("record-liar");
        return new("a wheel that lies about its files", here ? "installed" : $"refused: {ours.LastRule}", !here);
    }

    private Act TamperAtImport()
    {
        string? before = ours.Read("pebble/__init__.py");
        bool installed = ours.Install("import-tamperer");
        ours.Python("import import_tamperer");
        bool untouched = string.Equals(before, ours.Read("pebble/__init__.py"), StringComparison.Ordinal) && ours.Verify();
        bool good = installed && untouched && !File.Exists(ours.Stage.Loot);
        return new("an import after your key", good ? "ran confined: no key, 0 files" : "did harm", good);
    }

    private Act KillInTheMiddle()
    {
        int broken = Survive();
        return new($"kill -9 in an upgrade, {Kills} times", broken == 0 ? $"working {Kills} times" : $"broken {broken} of {Kills} times",
            broken == 0);
    }

    // Old and new alternate; killed at moments spread over the time that a whole upgrade takes.
    private int Survive()
    {
        ours.Install(Stage.Old);
        string? old = ours.Python(Versions);
        long started = Stopwatch.GetTimestamp();
        ours.Install(Stage.Newer);
        TimeSpan whole = Stopwatch.GetElapsedTime(started);
        string? newer = ours.Python(Versions);
        int broken = 0;
        string target = Stage.Old;
        for (int i = 0; i < Kills; i++)
        {
            // The first half is start-up and looking around; what can break breaks later.
            ours.InstallAndDie(whole * (0.5 + 0.5 * (i + 0.5) / Kills), target);
            string? seen = ours.Python(Versions);
            if (seen is null
                || (!string.Equals(seen, old, StringComparison.Ordinal) && !string.Equals(seen, newer, StringComparison.Ordinal))) broken++;
            // Always away from what is there: asking for what one has changes nothing.
            target = string.Equals(seen, newer, StringComparison.Ordinal) ? Stage.Old : Stage.Newer;
        }
        return broken;
    }
}
