using Sandpiper.Kernel.Files;

namespace Sandpiper.Store;

/// <summary>How the kernel knew a file when its content was last known to be what was sealed. The default value is of no file.</summary>
/// <param name="ChangedAt">Of content, mode, owner or number of names. Nobody can set it.</param>
public readonly record struct FileStamp(ulong Inode, long Size, UnixTime ChangedAt)
{
    public static FileStamp Of(in FileStatus status) => new(status.Identity.Inode, status.Size, status.ChangedAt);
}
