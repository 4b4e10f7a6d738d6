using Sandpiper.Environments.Generations;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Removes from the disk what a change has set aside, when nobody waits for it. A command that comes meanwhile waits for one generation at
/// most, and does the rest itself, as after a kill.
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
            // Where somebody has left, or removed the environment, nothing is made.
            using StoreUse? use = StoreUse.ShareIfThere(context.Places.Root, cancel);
            if (use is null || !opened.WasBegun) return;
            using EnvironmentLock held = opened.Lock(() => { }, cancel);
            SealedTree.Remove(gone);
        }
    }
}
