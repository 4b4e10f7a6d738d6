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
        if (offset < 0 || count < 0 || offset > Length - count) throw new ArchiveRefusedException(ZipRules.Header, "a header is cut off or points outside the archive", member, Math.Max(0, offset));
        byte[] bytes = new byte[count];
        int done = 0;
        while (done < bytes.Length)
        {
            int read = RandomAccess.Read(file, bytes.AsSpan(done), offset + done);
            if (read == 0) throw new ArchiveRefusedException(ZipRules.Header, "the archive became shorter while it was read", member, offset);
            done += read;
        }
        return bytes;
    }

    /// <summary>The bytes of one member's content, as they are in the archive.</summary>
    public MemberBytes Range(long offset, long count) => new(file, offset, count);
}
