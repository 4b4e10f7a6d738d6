using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Archives.Zip;

/// <summary>The bytes of an archive by offset; every read is inside the file or a refusal. Safe for several threads.</summary>
internal sealed class ArchiveBytes(SafeFileHandle file)
{
    /// <summary>Bytes in the file when it was opened.</summary>
    public long Length { get; } = RandomAccess.GetLength(file);

    /// <exception cref="ArchiveRefusedException">The range is not inside the file, or the file shrank meanwhile.</exception>
    public byte[] Read(long offset, long count, string? member)
    {
        // Before the allocation: both numbers may be an attacker's.
        if (offset < 0 || count < 0 || offset > Length - count) throw Refuse("a header is cut off or points outside the archive");
        byte[] bytes = new byte[count];
        for (int done = 0, read; done < bytes.Length; done += read)
        {
            read = RandomAccess.Read(file, bytes.AsSpan(done), offset + done);
            if (read == 0) throw Refuse("the archive became shorter while it was read");
        }
        return bytes;

        ArchiveRefusedException Refuse(string because) => new(ZipRules.Header, because, member, Math.Max(0, offset));
    }

    /// <summary>The bytes of one member's content, as they are in the archive.</summary>
    public MemberBytes Range(long offset, long count) => new(file, offset, count);
}
