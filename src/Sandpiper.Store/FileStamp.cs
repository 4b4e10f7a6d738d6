using System.Buffers.Binary;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Store;

/// <summary>How the kernel knew a file when its content was last known to be what was sealed. The default value is of no file.</summary>
/// <param name="ChangedAt">Of content, mode, owner or number of names. Nobody can set it.</param>
public readonly record struct FileStamp(ulong Inode, long Size, UnixTime ChangedAt)
{
    /// <summary>In bytes, as it is kept.</summary>
    internal const int KeptSize = 8 + 8 + 8 + 4;

    public static FileStamp Of(in FileStatus status) => new(status.Identity.Inode, status.Size, status.ChangedAt);

    /// <summary>
    /// Of one that changes from now on only with its ctime: that of no file where somebody has it open, or mapped, to write. Through a
    /// mapping bytes change and no time moves; who wants one later has to make it writable first.
    /// </summary>
    internal static FileStamp OfSettled(string path)
    {
        using var file = RegularFile.TryOpen(path, out var status);
        return file is null || Descriptor.HasWriter(file) ? default : Of(status);
    }

    internal static FileStamp Of(string path) => FileStatus.TryRead(path, out var status) ? Of(status) : default;

    internal static FileStamp ReadFrom(ReadOnlySpan<byte> at) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(at), BinaryPrimitives.ReadInt64LittleEndian(at[8..]),
        new UnixTime(BinaryPrimitives.ReadInt64LittleEndian(at[16..]), BinaryPrimitives.ReadUInt32LittleEndian(at[24..])));

    internal void WriteTo(Span<byte> at)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(at, Inode);
        BinaryPrimitives.WriteInt64LittleEndian(at[8..], Size);
        BinaryPrimitives.WriteInt64LittleEndian(at[16..], ChangedAt.Seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(at[24..], ChangedAt.Nanoseconds);
    }
}
