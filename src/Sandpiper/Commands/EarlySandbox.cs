using Sandpiper.Kernel;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Privileges;

namespace Sandpiper.Commands;

/// <summary>
/// A sandbox that is begun before the command line is read: to make one takes as long as to find out what is to run in it. It is of the
/// usual kind, and ends unused where another one is needed, or none.
/// </summary>
internal sealed class EarlySandbox : IDisposable
{
    private static readonly SandboxNeeds Usual = new(HostNetwork: false, Layers: false, Processors: null);

    private readonly OwnProgram _ownProgram;
    private ConfinedProgram? _begun;

    private EarlySandbox(OwnProgram ownProgram) =>
        (_ownProgram, _begun) = (ownProgram, ConfinedProgram.Begin(Usual, ownProgram));

    /// <summary>Null where the words do not say that something is to be run, or root's rights have to be given up first.</summary>
    public static EarlySandbox? For(string[] args)
    {
        if (args is not ["run" or "python", _, ..] || args.TakeWhile(word => word is not "--").Any(IsUnusual)) return null;
        if (RootPrivileges.Held) return null;
        try
        {
            return new(OwnProgram.Held());
        }
        catch (Exception e) when (e is KernelException or OutOfMemoryException)
        {
            return null; // no /proc, or no thread to be had: whoever comes to need them says so
        }
    }

    // With one of these another kind is needed, or none. Who writes them otherwise (`--json=true`) waits a little longer.
    private static bool IsUnusual(string word) =>
        word is "--help" or "-h" or "--version" or "--explain" or "--json" or "--review" or "--cpus" or "all" or "--net=all";

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

    /// <summary>To be called when nothing runs any more.</summary>
    public void Dispose()
    {
        End();
        _ownProgram.Dispose();
    }
}
