using Microsoft.Win32.SafeHandles;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Removes from the disk what a change has set aside, when nobody waits for it: not a command that comes meanwhile either, for what was
/// set aside has no name that anybody looks for. A file system that tells its disk of each free block takes a tenth of a second for one.
/// </summary>
public sealed class LateRemoval(OperationContext context)
{
    /// <exception cref="IOException">One cannot be removed; the next change tries again.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public void In(string environment, CancellationToken cancel)
    {
        ManagedEnvironment opened = ManagedEnvironment.Open(context.Places.Root, environment);
        foreach (string gone in opened.Gone)
        {
            cancel.ThrowIfCancellationRequested();
            // Where somebody has left, or removed the environment, nothing is made; and for one at a time, for whoever collects waits.
            using StoreUse? use = StoreUse.ShareIfThere(context.Places.Root, cancel);
            if (use is null || !opened.WasBegun) return;
            using SafeFileHandle? alone = TryTake(gone);
            if (alone is not null) SealedTree.Remove(gone);
        }
    }

    // Two that follow two changes would stumble over each other. Null: another one is at it, or it is gone.
    private static SafeFileHandle? TryTake(string gone) =>
        RawFile.TryOpen(gone, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow) is { } opened
            ? LockFile.HeldOrClosed(opened, gone) : null;
}
