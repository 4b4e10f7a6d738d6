using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Kernel.Files;
using Sandpiper.Operations;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Store;

namespace Sandpiper.Commands;

/// <summary>Runs one program confined, as itself: its streams, its exit code, its Ctrl-C.</summary>
internal static class ConfinedRun
{
    private const int NewShown = 20;

    /// <returns>The program's exit code.</returns>
    /// <exception cref="ExplainedException">No such environment.</exception>
    /// <exception cref="GrantRefusedException">A grant that must not be given.</exception>
    /// <exception cref="SandboxUnavailableException">There is no sandbox to be had here.</exception>
    public static int Start(Session session, string environmentName, Grants grants, IReadOnlyList<string> command)
    {
        ManagedEnvironment environment = EnvironmentOptions.Open(session, environmentName);
        Generation generation = EnvironmentOptions.CurrentOf(environment);
        using GenerationLease lease = Leased(environment, ref generation);
        // Without it the next `python` on PATH would be started, with other packages or none; another version looks for them elsewhere.
        if (new EnvironmentInterpreter(new InterpreterProbe(session.Places.InterpreterCache), searchPath: null).Own(generation) is null)
        {
            bool isThere = File.Exists(generation.Python);
            throw new ExplainedException(new(ExitCode.RunFailed,
                $"the interpreter of `{environment.Name}` is {(isThere ? "another one by now" : "gone")}; nothing was run",
                isThere
                    ? $"`{generation.Python}` is no {generation.PythonName} any more"
                    : $"there is no `{generation.Python}` any more",
                $"sandpiper repair{InEnvironment.Option(environment.Name)}      makes it for the "
                    + $"{generation.PythonName} that is there now"));
        }
        var store = new WheelStore(environment.Root);
        var installed = new InstalledEnvironment(generation.Directory,
            [.. generation.Linked.Select(l => l.Wheel).Distinct().Select(store.TreeOf)],
            generation.Scripts, generation.PythonPrefix, store.Entries, environment.Root);
        Terms terms = Profile.Run.For(installed, grants, Callers.Of(session));

        Dictionary<string, (FileType, FileIdentity, UnixTime)> before = NamesIn(terms.Confinement);
        session.Terminal.Flush();
        CreationMask.GiveBack(session.CallersMask);
        int exitCode = ConfinedProgram.Run(terms.Confinement, session.OwnProgram, command);

        // What was there could not be changed, but for links; what is new was made by the program, or by somebody else meanwhile.
        TellOfNew(session.Terminal, [.. NamesIn(terms.Confinement).Except(before).Select(name => name.Key)]);
        // Nobody can know from a program's own words why it failed; what it was allowed is ours to say, and only ours to be believed.
        if (exitCode != 0) session.Terminal.Note(Inked.Dim($"sandpiper: {ConfinementWords.Summary(terms)}"));
        return exitCode;
    }

    // Where it is being removed just now, another one is current.
    private static GenerationLease Leased(ManagedEnvironment environment, ref Generation generation)
    {
        while (true)
        {
            if (GenerationLease.Share(environment, generation.Number) is { } lease) return lease;
            generation = EnvironmentOptions.CurrentOf(environment);
        }
    }

    // Without those that were granted by their own names.
    private static Dictionary<string, (FileType, FileIdentity, UnixTime)> NamesIn(Confinement confinement)
    {
        Dictionary<string, (FileType, FileIdentity, UnixTime)> names = new(StringComparer.Ordinal);
        foreach (string directory in confinement.PathsWith(PathAccess.Write))
        {
            foreach (string path in ProtectedNames.In(directory))
            {
                bool isGranted = confinement.Shown.Any(shown => string.Equals(shown.Path, path, StringComparison.Ordinal));
                if (isGranted || !FileStatus.TryRead(path, out FileStatus status)) continue;
                // An inode is given out again at once; when it last changed nobody can set. Of a directory that says what was put in it.
                names[path] = (status.Type, status.Identity, status.Type is FileType.Directory ? default : status.ChangedAt);
            }
        }
        return names;
    }

    // Bounded: a program can make a hundred thousand such names, to hide the one that counts or to flood a terminal. Of names of any number
    // there are only *.pth, so what has a name of its own comes first.
    internal static void TellOfNew(Terminal terminal, IReadOnlyCollection<string> made)
    {
        IEnumerable<string> ordered = made.OrderBy(p => p.EndsWith(".pth", StringComparison.OrdinalIgnoreCase))
            .ThenBy(p => p, StringComparer.Ordinal);
        foreach (string path in ordered.Take(NewShown))
        {
            terminal.Note(Inked.Yellow(
                $"sandpiper: `{path}` is new: programs outside the sandbox run what such a file says; read it first"));
        }
        if (made.Count > NewShown) terminal.Note(Inked.Yellow($"sandpiper: … and {made.Count - NewShown:N0} more such names are new"));
    }
}
