using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>Which file it is and in what state, as the kernel knows it: the same stamp later is the same content.</summary>
/// <param name="Identity">Which file, link or directory.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">Of the content.</param>
/// <param name="ChangedAt">Of content, mode, owner or names; nobody can set it.</param>
public readonly record struct FileStamp(FileIdentity Identity, long Size, UnixTime ModifiedAt, UnixTime ChangedAt)
{
    internal static FileStamp Of(in FileStatus status) => new(status.Identity, status.Size, status.ModifiedAt, status.ChangedAt);

    /// <summary>Whether it is the same but for its name: to be renamed is a change of the file, too.</summary>
    internal bool IsRenamed(in FileStatus status) =>
        status.Identity == Identity && status.Size == Size && status.ModifiedAt == ModifiedAt;
}
