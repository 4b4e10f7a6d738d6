using System.Buffers.Binary;

namespace Sandpiper.Archives.Zip;

/// <summary>Where the central directory lies and how many members it has (APPNOTE 4.3.14 to 4.3.16).</summary>
/// <param name="DirectoryOffset">Of its first byte.</param>
/// <param name="DirectorySize">In bytes.</param>
/// <param name="Count">Members.</param>
internal readonly record struct EndRecord(long DirectoryOffset, long DirectorySize, long Count)
{
    private const uint Signature = 0x06054b50;
    private const uint Signature64 = 0x06064b50;
    private const uint LocatorSignature = 0x07064b50;
    private const int Size = 22;
    private const int Size64 = 56;
    private const int LocatorSize = 20;

    /// <exception cref="ArchiveRefusedException">There is none that every reader would find, or two say different things.</exception>
    public static EndRecord Find(ArchiveBytes archive)
    {
        long offset = Locate(archive);
        byte[] record = archive.Read(offset, Size, member: null);
        if (U16(record, 4) != 0 || U16(record, 6) != 0) throw Refuse(ZipRules.EndRecord, "the archive is split over several files", offset);

        long countHere = U16(record, 8), count = U16(record, 10), size = U32(record, 12), start = U32(record, 16);
        if (countHere != count) throw Refuse(ZipRules.EndRecord, "the end record gives two different counts", offset);
        EndRecord small = new(start, size, count);
        return Find64(archive, offset, small) is { } large ? large : small.MustEndAt(offset);
    }

    // The last place where the record could be, and the only one: a reader that searches forwards could be shown another one inside a
    // comment. A comment is therefore only text, which cannot hold the record's signature.
    private static long Locate(ArchiveBytes archive)
    {
        if (archive.Length < Size) throw Refuse(ZipRules.Layout, "it is too short to be a ZIP archive", 0);
        long tailOffset = Math.Max(0, archive.Length - Size - ushort.MaxValue);
        byte[] tail = archive.Read(tailOffset, archive.Length - tailOffset, member: null);
        for (int at = tail.Length - Size; at >= 0; at--)
        {
            if (U32(tail, at) != Signature) continue;
            long offset = tailOffset + at;
            ReadOnlySpan<byte> comment = tail.AsSpan(at + Size);
            if (comment.Length != U16(tail, at + 20)) throw Refuse(ZipRules.Layout, "bytes behind the end record that are not its comment", offset);
            if (comment.ContainsAnyInRange((byte)0, (byte)0x1f)) throw Refuse(ZipRules.Layout, "an archive comment that is not text", offset);
            return offset;
        }
        throw Refuse(ZipRules.Layout, "it does not end with the end record of a ZIP archive", archive.Length - Size);
    }

    private static EndRecord? Find64(ArchiveBytes archive, long endOffset, EndRecord small)
    {
        long locatorOffset = endOffset - LocatorSize;
        bool needs64 = small.Count == ushort.MaxValue || small.DirectorySize == uint.MaxValue || small.DirectoryOffset == uint.MaxValue;
        if (locatorOffset < Size64)
        {
            return needs64 ? throw Refuse(ZipRules.EndRecord, "a ZIP64 end record is needed and missing", endOffset) : null;
        }
        byte[] locator = archive.Read(locatorOffset, LocatorSize, member: null);
        if (U32(locator, 0) != LocatorSignature)
        {
            return needs64 ? throw Refuse(ZipRules.EndRecord, "a ZIP64 end record is needed and missing", endOffset) : null;
        }
        long offset = checked((long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(locator.AsSpan(8)), long.MaxValue));
        if (U32(locator, 4) != 0 || U32(locator, 16) != 1) throw Refuse(ZipRules.EndRecord, "the archive is split over several files", locatorOffset);
        // Exactly before the locator and without an extensible part: one reader goes by the pointer, another looks just there.
        if (offset != locatorOffset - Size64) throw Refuse(ZipRules.EndRecord, "the ZIP64 end record is not where every reader looks", locatorOffset);
        byte[] record = archive.Read(offset, Size64, member: null);
        if (U32(record, 0) != Signature64 || U64(record, 4, offset) != Size64 - 12) throw Refuse(ZipRules.EndRecord, "the ZIP64 end record is malformed", offset);
        if (U32(record, 16) != 0 || U32(record, 20) != 0) throw Refuse(ZipRules.EndRecord, "the archive is split over several files", offset);

        long countHere = U64(record, 24, offset);
        EndRecord large = new(U64(record, 48, offset), U64(record, 40, offset), U64(record, 32, offset));
        if (countHere != large.Count) throw Refuse(ZipRules.EndRecord, "the ZIP64 end record gives two different counts", offset);
        bool agree = (small.Count == ushort.MaxValue || small.Count == large.Count)
            && (small.DirectorySize == uint.MaxValue || small.DirectorySize == large.DirectorySize)
            && (small.DirectoryOffset == uint.MaxValue || small.DirectoryOffset == large.DirectoryOffset);
        if (!agree) throw Refuse(ZipRules.EndRecord, "the two end records give different numbers", offset);
        return large.MustEndAt(offset);
    }

    // The directory ends exactly where the end record begins, or there is something between that only some readers see.
    private EndRecord MustEndAt(long offset)
    {
        if (DirectorySize > offset || DirectoryOffset != offset - DirectorySize) throw Refuse(ZipRules.Layout, "the central directory does not end where the end record begins", offset);
        return this;
    }

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static long U64(byte[] bytes, int at, long offset)
    {
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
        return value <= long.MaxValue ? (long)value : throw Refuse(ZipRules.EndRecord, "a number in the ZIP64 end record is impossible", offset);
    }

    private static ArchiveRefusedException Refuse(string rule, string because, long offset) => new(rule, because, member: null, offset);
}
