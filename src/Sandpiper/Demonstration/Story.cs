using System.Diagnostics;
using Sandpiper.Sandbox.Decoys;

namespace Sandpiper.Demonstration;

/// <summary>
/// The acts of the demonstration, in order. Every result is read from outside: files, a decoy, exit codes;
/// never from a program's own words.
/// </summary>
internal sealed class Story(SandpiperSide ours, PipSide? pip) : IDisposable
{
    private const int Kills = 10;
    private const string Overwrite = "import pebble; open(pebble.__file__, 'a').write('# overwritten\\n')";

    // Prints every version that is found in the package's parts: one, when it is whole.
    private const string Versions =
        "import pkgutil, importlib, shingle; "
        + "parts = [importlib.import_module('shingle.' + m.name).VERSION for m in pkgutil.iter_modules(shingle.__path__)]; "
        + "print(len(parts), *sorted(set(parts + [shingle.__version__])))";
    private readonly DecoyWatch _decoy = new(ours.Stage.Key);

    /// <summary>Times that our side's decoy key was opened so far; our own looks at it not counted.</summary>
    public int DecoyOpened { get; private set; }

    /// <summary>Each act is done when it is asked for.</summary>
    public IEnumerable<Act> Acts()
    {
        yield return InstallTwo();
        yield return OverwriteFromProgram();
        yield return ChangeByHand();
        yield return BuildCode();
        yield return StartUpHook();
        yield return LyingRecord();
        yield return TamperAtImport();
        yield return KillInTheMiddle();
        DecoyOpened = _decoy.Count;
    }

    public void Dispose() => _decoy.Dispose();

    private Act InstallTwo()
    {
        bool there = pip?.Install(Stage.Wanted, Stage.WantedToo) ?? false;
        bool here = ours.Install(Stage.Wanted, Stage.WantedToo) && ours.Verify();
        return new("install two packages into one shared set", Said(there ? "installed" : "failed"), here ? "installed, sealed" : "failed",
            here);
    }

    private Act OverwriteFromProgram()
    {
        pip?.Python(Overwrite);
        ours.Python(Overwrite);
        bool there = pip?.Read("pebble/__init__.py")?.Contains("# overwritten", StringComparison.Ordinal) ?? false;
        bool here = ours.Read("pebble/__init__.py")?.Contains("# overwritten", StringComparison.Ordinal) ?? true;
        return new("a program overwrites one of them", Said(there ? "overwritten" : "unchanged"),
            here ? "overwritten" : "unchanged: read-only", !here);
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
        return new("you change one by hand, outside the sandbox",
            Said(pip?.NoticesAnEdit("pebble/__init__.py") == true ? "seen" : "`pip check` sees nothing"),
            seen ? "seen by `verify`" : "not seen", seen);
    }

    private Act BuildCode()
    {
        pip?.Install("backend-runs");
        ours.Install("backend-runs");
        Act act = new("a source package whose build runs code", Said(pip?.Stage.CodeRan == true ? "ran" : "did not run"),
            ours.Stage.CodeRan ? "ran" : "not run: wheels only", !ours.Stage.CodeRan);
        Clear();
        return act;
    }

    private Act StartUpHook()
    {
        pip?.Install("pth-hook");
        pip?.Python("pass");
        bool installed = ours.Install("pth-hook");
        ours.Python("pass");
        bool good = !installed && !ours.Stage.CodeRan;
        Act act = new("a wheel with a start-up hook", Said(pip?.Stage.CodeRan == true ? "runs at every start" : "did not run"),
            good ? $"refused: {ours.LastRule}" : "installed", good);
        Clear();
        return act;
    }

    private Act LyingRecord()
    {
        bool there = pip?.Install("record-liar") ?? false;
        bool here = ours.Install("record-liar");
        return new("a wheel that lies about its files", Said(there ? "installed" : "refused"),
            here ? "installed" : $"refused: {ours.LastRule}", !here);
    }

    private Act TamperAtImport()
    {
        string? before = ours.Read("pebble/__init__.py");
        pip?.Install("import-tamperer");
        pip?.Python("import import_tamperer");
        bool installed = ours.Install("import-tamperer");
        ours.Python("import import_tamperer");
        bool untouched = string.Equals(before, ours.Read("pebble/__init__.py"), StringComparison.Ordinal) && ours.Verify();
        bool good = installed && untouched && !File.Exists(ours.Stage.Loot);
        string there = pip?.Stage.KeyWasTaken == true ? "key taken" : "key not taken";
        Act act = new("a wheel that tampers when it is imported", Said(there), good ? "ran confined: no key, 0 files" : "did harm", good);
        Clear();
        return act;
    }

    private Act KillInTheMiddle()
    {
        int broken = pip is null ? 0 : Survive(pip);
        int brokenHere = Survive(ours);
        return new($"kill -9 in the middle of an upgrade, {Kills} times",
            Said(broken == 0 ? $"working {Kills} times" : $"broken {broken} of {Kills} times"),
            brokenHere == 0 ? $"working {Kills} times" : $"broken {brokenHere} of {Kills} times", brokenHere == 0);
    }

    // Old and new alternate; killed at moments spread over the time that a whole upgrade takes.
    private static int Survive(Side side)
    {
        side.Install(Stage.Old);
        string? old = side.Python(Versions);
        long started = Stopwatch.GetTimestamp();
        side.Install(Stage.Newer);
        TimeSpan whole = Stopwatch.GetElapsedTime(started);
        string? newer = side.Python(Versions);
        int broken = 0;
        string target = Stage.Old;
        for (int i = 0; i < Kills; i++)
        {
            // The first half is start-up and looking around; what can break breaks later.
            side.InstallAndDie(whole * (0.5 + 0.5 * (i + 0.5) / Kills), target);
            string? seen = side.Python(Versions);
            if (seen is null
                || (!string.Equals(seen, old, StringComparison.Ordinal) && !string.Equals(seen, newer, StringComparison.Ordinal))) broken++;
            // Always away from what is there: asking for what one has changes nothing.
            target = string.Equals(seen, newer, StringComparison.Ordinal) ? Stage.Old : Stage.Newer;
        }
        return broken;
    }

    private string? Said(string what) => pip is null ? null : what;

    private void Clear()
    {
        ours.Stage.Clear();
        pip?.Stage.Clear();
    }
}
