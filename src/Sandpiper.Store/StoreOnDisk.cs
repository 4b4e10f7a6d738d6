using Sandpiper.Kernel.Files;

namespace Sandpiper.Store;

/// <summary>
/// Until when all that was sealed is known to be on the disk, because a command has had everything written: the mtime of
/// <c>store.written</c> below the data root. Who installs the same wheels once more need not have it done again.
/// </summary>
/// <remarks>
/// It appears after the writing, and says when that began. A time that lies ahead, after a clock was put back, says nothing.
/// </remarks>
public static class StoreOnDisk
{
    public const string FileName = "store.written";

    // The kernel stamps a change with its last tick, of at most ten milliseconds: what was changed later can bear an earlier time.
    private static readonly TimeSpan Ticks = TimeSpan.FromMilliseconds(20);

    /// <summary>All that the file system held has been written. That this cannot be kept costs the next command as much.</summary>
    /// <param name="root">The data root.</param>
    /// <param name="begun">Before it was begun.</param>
    public static void Note(string root, DateTimeOffset begun)
    {
        try
        {
            using var file = RawFile.TryOpen(Path.Combine(root, FileName),
                RawFile.WriteOnly | RawFile.Create | RawFile.NoFollow | RawFile.NonBlocking);
            if (file is not null) File.SetLastWriteTimeUtc(file, (begun - Ticks).UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // then it is written once more
        }
    }

    /// <summary>What was changed earlier is on the disk; null: nothing is known.</summary>
    internal static DateTimeOffset? Until(string root, DateTimeOffset now)
    {
        if (!FileStatus.TryRead(Path.Combine(root, FileName), out var status) || status.Type != FileType.Regular) return null;
        var until = status.ModifiedAt.ToDateTime();
        return until <= now ? until : null;
    }
}
