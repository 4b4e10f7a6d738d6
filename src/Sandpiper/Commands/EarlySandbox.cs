using Sandpiper.Kernel.Processes;
using Sandpiper.Kernel.Runtime;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Privileges;

namespace Sandpiper.Commands;

/// <summary>
/// A sandbox that is begun before the command line is read: to make one takes as long as to find out what is to run in it. It is of the
/// usual kind, and ends unused where another one is needed, or none.
/// </summary>
internal sealed class EarlySandbox
{
    private static readonly SandboxNeeds Usual = new(HostNetwork: false, Layers: false, Processors: null);

    private ConfinedProgram? _begun;

    private EarlySandbox(ConfinedProgram begun) => _begun = begun;

    /// <summary>Runs a command, beside such a sandbox where its words say that something is to be run.</summary>
    /// <remarks>
    /// The main thread is the sandbox's then, for it is there already, and the command has one that is made meanwhile: where others want
    /// the processors a new one may wait for its turn, and nothing is made until it has had it.
    /// </remarks>
    /// <param name="command">
    /// Null is given to it where there is none: nothing is to be run, or root's rights have to be given up first.
    /// </param>
    /// <returns>The command's exit code.</returns>
    public static int Around(string[] args, Func<EarlySandbox?, int> command)
    {
        if (!IsFor(args))
        {
            RuntimeStart.Complete();
            return command(null);
        }
        int exitCode = 0;
        Thread? commands = null;
        Action putMaskOn = SignalDisposition.MaskToPutOn();
        ConfinedProgram.BeginHere(Usual, BuiltInSecondStage.Image(Session.UsualPlaces(asRoot: false)), begun =>
        {
            var early = new EarlySandbox(begun);
            var thread = new Thread(() =>
            {
                putMaskOn();
                RuntimeStart.Complete(); // not before: its thread has the mask of whoever begins it
                exitCode = command(early);
                early.End();
            });
            thread.Start();
            commands = thread;
        });
        if (commands is null)
        {
            // No thread is to be had: whoever comes to need one says so.
            RuntimeStart.Complete();
            return command(null);
        }
        commands.Join();
        return exitCode;
    }

    private static bool IsFor(string[] args) => args is ["run" or "python", _, ..]
        && !SaysSomethingUnusual(args) && !RootPrivileges.Held && OpenFiles.AreEnough;

    // Then another kind is needed, or none. Who writes them otherwise (`--json=true`) waits a little longer.
    private static bool SaysSomethingUnusual(string[] args)
    {
        foreach (string word in args)
        {
            if (word is "--") return false;
            if (word is "--help" or "-h" or "--version" or "--explain" or "--json" or "--review" or "--cpus" or "all" or "--net=all")
                return true;
        }
        return false;
    }

    /// <summary>It is his who takes it, with our standard streams as they were at the start.</summary>
    /// <returns>Null where it is of another kind than is needed; then it is gone.</returns>
    public ConfinedProgram? Take(SandboxNeeds needs)
    {
        if (needs != Usual) End();
        ConfinedProgram? begun = _begun;
        _begun = null;
        return begun;
    }

    /// <summary>There is nothing to be taken any more.</summary>
    public void End()
    {
        _begun?.Dispose();
        _begun = null;
    }
}
