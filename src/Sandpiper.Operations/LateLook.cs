using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Whether the sealed files that an environment shows are as they were sealed, asked when nobody waits for it: a change looks only at what
/// it links anew. What is not is distrusted, so that the next install fetches it anew, and says so. Of what is, the outline is made where
/// there is none.
/// </summary>
public sealed class LateLook(OperationContext context)
{
    /// <remarks>It ends as soon as another generation is current: what that shows is looked at by what follows that change.</remarks>
    /// <returns>What was found to be damaged, and was not known to be.</returns>
    /// <param name="byteCodeTag">Of the interpreter.</param>
    /// <exception cref="UnwritableException">The data root cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public IReadOnlyList<Sha256Digest> At(Generation generation, string byteCodeTag, CancellationToken cancel)
    {
        var damaged = new List<Sha256Digest>();
        ManagedEnvironment environment = ManagedEnvironment.Open(context.Places.Root, generation.Environment);
        foreach (Sha256Digest digest in generation.Packages.Select(p => p.Digest).Distinct())
        {
            cancel.ThrowIfCancellationRequested();
            // Only for one at a time: whoever collects, or leaves, waits that long. Where somebody has left nothing is made.
            using StoreUse? use = StoreUse.ShareIfThere(context.Places.Root, cancel);
            if (use is null || environment.LinkedNumber != generation.Number) break;
            try
            {
                if (context.Store.IsDistrusted(digest) || context.Store.Find(digest) is not { } wheel) continue;
                using LinkedEntries entries = LinkedEntries.For(byteCodeTag);
                entries.MustBeAsSealed(wheel);
                context.Store.KeepOutline(digest);
            }
            catch (StoreDamagedException)
            {
                context.Store.Distrust(digest);
                damaged.Add(digest);
            }
        }
        return damaged;
    }
}
