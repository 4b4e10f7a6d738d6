using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Processes;

/// <summary>
/// Starts a program that goes on when we have ended: in a session of its own, so that no terminal's Ctrl-C or hanging up reaches it, with
/// <c>/dev/null</c> for its standard streams, so that nobody who reads ours waits for it, and an empty environment. Nobody waits for
/// its end.
/// </summary>
public static class DetachedProcess
{
    /// <param name="path">Absolute.</param>
    /// <param name="arguments">All of them; the first is the name it sees for itself.</param>
    /// <exception cref="KernelException">It could not be started.</exception>
    public static void Start(string path, ImmutableArray<string> arguments)
    {
        InheritedDescriptors.StayWithUs();
        using SafeFileHandle nothing = RawFile.TryOpen("/dev/null", RawFile.ReadWrite)
            ?? throw new KernelException("open(/dev/null)", Errno.NoSuchFile);
        _ = SpawnCall.Start(path, arguments, [(nothing, 0), (nothing, 1), (nothing, 2)], ownSession: true);
    }
}
