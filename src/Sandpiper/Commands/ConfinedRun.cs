using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary>Runs one program confined, as itself: its streams, its exit code, its Ctrl-C.</summary>
internal static class ConfinedRun
{
    /// <returns>The program's exit code.</returns>
    /// <exception cref="ExplainedException">No such environment.</exception>
    /// <exception cref="GrantRefusedException">A grant that must not be given.</exception>
    /// <exception cref="SandboxUnavailableException">There is no sandbox to be had here.</exception>
    public static int Start(Session session, string environmentName, Grants grants, IReadOnlyList<string> command)
    {
        ManagedEnvironment environment = EnvironmentOptions.Open(session, environmentName);
        Generation generation = EnvironmentOptions.CurrentOf(environment);
        var installed = new InstalledEnvironment(generation.Directory, generation.Scripts, generation.PythonPrefix, environment.Root);
        Terms terms = Profile.Run.For(installed, grants, Callers.Of(session));

        session.Terminal.Flush();
        CreationMask.GiveBack(session.CallersMask);
        int exitCode = ConfinedProgram.Run(terms.Confinement, session.OwnProgram, command);

        // What was there could not be changed; what is new was made by the program, or by somebody else meanwhile.
        IEnumerable<string> known = terms.Confinement.Shown.Select(shown => shown.Path);
        foreach (string made in terms.Confinement.PathsWith(PathAccess.Write).Where(Directory.Exists)
            .SelectMany(ProtectedNames.In).Except(known, StringComparer.Ordinal))
        {
            session.Terminal.Note(Inked.Yellow($"sandpiper: `{made}` is new: programs outside the sandbox run what such a file says; read it first"));
        }
        // Nobody can know from a program's own words why it failed; what it was allowed is ours to say, and only ours to be believed.
        if (exitCode != 0) session.Terminal.Note(Inked.Dim($"sandpiper: {ConfinementWords.Summary(terms)}"));
        return exitCode;
    }
}
