using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Leftovers;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>What files said before, and say in the copy: for who wants to see the difference.</summary>
public sealed class ReviewContent(KeptReview review) : IDisposable
{
    private readonly OpenRoots _roots = new(review);

    private readonly Dictionary<(int, string), FileStamp?> _removed = review.Content.Changes
        .Where(change => change.Kind is ChangeKind.Removed).DistinctBy(change => (change.Root, change.Path))
        .ToDictionary(change => (change.Root, change.Path), change => change.Before);

    /// <summary>The original, as it was copied; null where it is another one by now, is no file, or is longer than that.</summary>
    public byte[]? Before(Change change, int mostBytes) => change.Before is not { } before || _roots[change.Root] is not { } root ? null
        : Read(root.There, change, mostBytes, before);

    /// <summary>What the program made of it; null where that is no file, or is longer than that.</summary>
    public byte[]? After(Change change, int mostBytes) => change.BytesAfter is null || _roots[change.Root] is not { } root ? null
        : Read(root.Copy, change, mostBytes, null);

    /// <summary>Whether what is there outside is not what was copied: it could not be taken as it is now.</summary>
    public bool IsChangedThere(Change change)
    {
        if (_roots[change.Root] is not { } root) return true;
        using SafeFileHandle place = PlaceBelow.Open(root.There, WatchedTree.BytesOf(change.Path));
        // What it takes the place of is told by itself.
        if (change.Before is null)
        {
            return !place.IsInvalid
                && _removed.GetValueOrDefault((change.Root, change.Path))?.Identity != FileFacts.IdentityOf(place);
        }
        if (place.IsInvalid) return change.Kind is not ChangeKind.Removed;
        // What lies in a directory is told by itself.
        return change.Type is ChangedType.Directory ? FileFacts.IdentityOf(place) != change.Before.Value.Identity
            : FileStamp.Of(FileStatus.Of(place)) != change.Before;
    }

    public void Dispose() => _roots.Dispose();

    private static byte[]? Read(SafeFileHandle root, Change change, int mostBytes, FileStamp? known)
    {
        using SafeFileHandle file = PlaceBelow.OpenFile(root, WatchedTree.BytesOf(change.Path));
        if (file.IsInvalid || FileStatus.Of(file) is not { Type: FileType.Regular } status || status.Size > mostBytes) return null;
        if (known is not null && FileStamp.Of(status) != known) return null;
        try
        {
            return RegularFile.Read(file, (int)status.Size);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
