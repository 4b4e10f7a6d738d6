using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>A directory that was copied, and its copy, both open: what their paths lead to may change, they do not.</summary>
/// <param name="There">The original.</param>
/// <param name="Copy">What is left of the copy.</param>
internal sealed record OpenRoot(SafeFileHandle There, SafeFileHandle Copy);

/// <summary>Those of one review.</summary>
internal sealed class OpenRoots(KeptReview review) : IDisposable
{
    private readonly ImmutableArray<OpenRoot?> _roots =
        [.. review.Content.Roots.Select((root, number) => TryOpen(root, review.CopyOf(number)))];

    /// <summary>Null where another one has its name by now, or it is gone.</summary>
    public OpenRoot? this[int root] => _roots[root];

    public IEnumerable<OpenRoot> All => _roots.OfType<OpenRoot>();

    public void Dispose()
    {
        foreach (OpenRoot root in All)
        {
            root.There.Dispose();
            root.Copy.Dispose();
        }
    }

    private static OpenRoot? TryOpen(CopiedRoot root, string copy)
    {
        SafeFileHandle there = RawFile.Open(root.Real, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out _);
        SafeFileHandle here = RawFile.Open(copy, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out _);
        if (!there.IsInvalid && !here.IsInvalid && FileFacts.IdentityOf(there) == root.Identity) return new(there, here);
        there.Dispose();
        here.Dispose();
        return null;
    }
}
