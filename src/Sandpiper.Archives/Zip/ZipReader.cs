using System.Buffers;
using System.Collections.Immutable;
using System.IO.Compression;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Archives.Zip;

/// <summary>A ZIP archive that every reader would read the same way; anything else is refused on opening.</summary>
/// <remarks>
/// Every byte is accounted for: members follow each other from the first byte to the central directory, which ends at the end record,
/// which ends the file. Measured on a public corpus of malformed archives, the base library accepts six of eight malicious ones.
/// </remarks>
public sealed class ZipReader : IDisposable
{
    private const int BufferSize = 128 << 10;
    private const int RatioFloor = 4 << 20;     // bytes; below it a ratio says nothing: a megabyte of zeros is a thousand bytes

    private readonly SafeFileHandle _file;
    private readonly ArchiveBytes _bytes;

    private ZipReader(SafeFileHandle file, ArchiveBytes bytes, ImmutableArray<ZipMember> members) => (_file, _bytes, Members) = (file, bytes, members);

    /// <summary>Files and directories, in the order of the central directory.</summary>
    public ImmutableArray<ZipMember> Members { get; }

    /// <param name="file">Is owned by the reader from now on, whether it succeeds or not.</param>
    /// <exception cref="ArchiveRefusedException">It is no such archive; says which rule and where.</exception>
    public static ZipReader Open(SafeFileHandle file, ArchiveLimits limits)
    {
        try
        {
            var bytes = new ArchiveBytes(file);
            EndRecord end = EndRecord.Find(bytes);
            ImmutableArray<CentralEntry> entries = CentralDirectory.Read(bytes, end, limits);
            MustCostLittle(bytes, entries, limits);
            MustBeDistinct(entries);
            return new ZipReader(file, bytes, MembersOf(bytes, entries, end));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Inflates one member into <paramref name="destination"/>; refuses at the first byte beyond the promised size, and when size or
    /// CRC-32 come out different. May be called from several threads at once.
    /// </summary>
    /// <exception cref="ArchiveRefusedException">The content is not what was promised.</exception>
    public void CopyTo(ZipMember member, Stream destination)
    {
        using MemberBytes raw = _bytes.Range(member.DataOffset, member.CompressedSize);
        using Stream content = member.Method == ZipMethod.Deflated ? new DeflateStream(raw, CompressionMode.Decompress, leaveOpen: true) : raw;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var crc = new Crc32();
            long left = member.Size;
            while (true)
            {
                int read = Inflate(content, buffer, member);
                if (read == 0) break;
                if (read > left) throw Refuse("more content than promised");
                left -= read;
                crc.Append(buffer.AsSpan(0, read));
                destination.Write(buffer, 0, read);
            }
            if (left != 0) throw Refuse("less content than promised");
            if (!raw.IsUsedUp) throw Refuse("bytes behind the end of the deflated content");
            if (crc.GetCurrentHashAsUInt32() != member.Crc32) throw Refuse("content with another checksum than promised");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        ArchiveRefusedException Refuse(string because) => new(ZipRules.Content, because, member.Name, member.DataOffset);
    }

    public void Dispose() => _file.Dispose();

    private static int Inflate(Stream content, byte[] buffer, ZipMember member)
    {
        try
        {
            return content.Read(buffer, 0, buffer.Length);
        }
        catch (InvalidDataException)
        {
            throw new ArchiveRefusedException(ZipRules.Content, "content that is not deflated", member.Name, member.DataOffset);
        }
    }

    private static void MustCostLittle(ArchiveBytes bytes, ImmutableArray<CentralEntry> entries, ArchiveLimits limits)
    {
        long total = 0;
        foreach (CentralEntry entry in entries) total = checked(total + entry.Size);
        if (total > limits.MaxTotalBytes) throw new ArchiveRefusedException(ZipRules.Limit, $"more than {limits.MaxTotalBytes} bytes in all", null, 0);
        if (total > RatioFloor && total / limits.MaxRatio > bytes.Length) throw new ArchiveRefusedException(ZipRules.Limit, $"more than {limits.MaxRatio} bytes for each byte of the archive", null, 0);
    }

    private static void MustBeDistinct(ImmutableArray<CentralEntry> entries)
    {
        var names = new HashSet<string>(entries.Length, StringComparer.Ordinal);
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (CentralEntry entry in entries)
        {
            if (!names.Add(entry.Name)) throw new ArchiveRefusedException(ZipRules.Duplicate, "two members of one name", entry.Name, entry.HeaderOffset);
            if (!entry.IsDirectory) files.Add(entry.Name);
        }
        foreach (CentralEntry entry in entries)
        {
            for (int slash = entry.Name.LastIndexOf('/'); slash > 0; slash = entry.Name.LastIndexOf('/', slash - 1))
            {
                if (files.Contains(entry.Name[..slash])) throw new ArchiveRefusedException(ZipRules.Duplicate, $"a file `{entry.Name[..slash]}` where a directory is needed", entry.Name, entry.HeaderOffset);
            }
        }
    }

    private static ImmutableArray<ZipMember> MembersOf(ArchiveBytes bytes, ImmutableArray<CentralEntry> entries, EndRecord end)
    {
        var members = new ZipMember[entries.Length];
        int[] byOffset = [.. Enumerable.Range(0, entries.Length).OrderBy(i => entries[i].HeaderOffset)];
        long next = 0;
        foreach (int i in byOffset)
        {
            if (entries[i].HeaderOffset != next)
            {
                string because = entries[i].HeaderOffset < next ? "members that overlap" : "bytes between members that belong to none";
                throw new ArchiveRefusedException(ZipRules.Layout, because, entries[i].Name, next);
            }
            members[i] = LocalHeader.MustAgree(bytes, entries[i], out next);
        }
        if (next != end.DirectoryOffset) throw new ArchiveRefusedException(ZipRules.Layout, "bytes before the central directory that belong to no member, or a member that it leaves out", null, next);
        return [.. members];
    }
}
