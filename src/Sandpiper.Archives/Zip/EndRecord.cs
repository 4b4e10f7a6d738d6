using static System.Buffers.Binary.BinaryPrimitives;

namespace Sandpiper.Archives.Zip;

/// <summary>Where the central directory lies and how many members it has (APPNOTE 4.3.16).</summary>
/// <param name="DirectoryOffset">Of its first byte.</param>
/// <param name="DirectorySize">In bytes.</param>
/// <param name="Count">Members.</param>
internal readonly record struct EndRecord(long DirectoryOffset, long DirectorySize, long Count)
{
    private const uint Signature = 0x06054b50;
    private const int Size = 22;    // without the comment

    /// <exception cref="ArchiveRefusedException">There is none that every reader would find, or two say different things.</exception>
    public static EndRecord Find(ArchiveBytes archive)
    {
        long tailOffset = Math.Max(0, archive.Length - Size - ushort.MaxValue);
        ReadOnlySpan<byte> tail = archive.Read(tailOffset, archive.Length - tailOffset, member: null);
        Span<byte> signature = stackalloc byte[sizeof(uint)];
        WriteUInt32LittleEndian(signature, Signature);
        int at = tail.LastIndexOf(signature);
        if (at < 0 || tail.Length - at < Size)
            throw Refuse(ZipRules.End, "it does not end with the end record of a ZIP archive", archive.Length);

        long offset = tailOffset + at;
        var record = tail.Slice(at, Size);
        var comment = tail[(at + Size)..];
        if (comment.Length != ReadUInt16LittleEndian(record[20..]))
            throw Refuse(ZipRules.End, "there are bytes behind the end record that are not its comment", offset);
        if (PlainComment.Hides(comment))
            throw Refuse(ZipRules.Comment, "the archive's comment has control characters in it", offset);
        if (ReadUInt16LittleEndian(record[4..]) != 0 || ReadUInt16LittleEndian(record[6..]) != 0)
            throw Refuse(ZipRules.Split, "the archive is split over several files", offset);
        if (ReadUInt16LittleEndian(record[8..]) != ReadUInt16LittleEndian(record[10..]))
            throw Refuse(ZipRules.Directory, "the end record gives two different counts", offset);

        var plain = new EndRecord(
            DirectoryOffset: ReadUInt32LittleEndian(record[16..]),
            DirectorySize: ReadUInt32LittleEndian(record[12..]),
            Count: ReadUInt16LittleEndian(record[10..]));
        return Zip64EndRecord.Find(archive, offset, plain) ?? plain.MustEndAt(offset);
    }

    /// <summary>A number is missing here that only a ZIP64 end record can give.</summary>
    public bool NeedsZip64 => Count == ushort.MaxValue || DirectorySize == uint.MaxValue || DirectoryOffset == uint.MaxValue;

    /// <summary>Whether each number of this record is the other's or left to the other.</summary>
    public bool AgreesWith(EndRecord zip64) =>
        (Count == ushort.MaxValue || Count == zip64.Count)
        && (DirectorySize == uint.MaxValue || DirectorySize == zip64.DirectorySize)
        && (DirectoryOffset == uint.MaxValue || DirectoryOffset == zip64.DirectoryOffset);

    /// <summary>The directory ends exactly where the end record begins, or there is something between that only some readers see.</summary>
    public EndRecord MustEndAt(long offset) => DirectorySize <= offset && DirectoryOffset == offset - DirectorySize
        ? this
        : throw Refuse(ZipRules.Directory, "the central directory does not end where the end record begins", offset);

    private static ArchiveRefusedException Refuse(string rule, string because, long offset) => new(rule, because, member: null, offset);
}
