using static System.Buffers.Binary.BinaryPrimitives;

namespace Sandpiper.Archives.Zip;

/// <summary>The end record of large archives and the locator that points to it (APPNOTE 4.3.14, 4.3.15).</summary>
internal static class Zip64EndRecord
{
    private const uint Signature = 0x06064b50, LocatorSignature = 0x07064b50;
    private const int Size = 56, LocatorSize = 20;
    private const int UncountedSize = 12;       // signature and length are not in the length

    /// <returns>Null when the archive has none and needs none.</returns>
    /// <exception cref="ArchiveRefusedException">Readers that use it and readers that do not would see two archives.</exception>
    public static EndRecord? Find(ArchiveBytes archive, long endOffset, EndRecord plain)
    {
        long offset = endOffset - LocatorSize - Size;
        ReadOnlySpan<byte> both = offset < 0 ? [] : archive.Read(offset, Size + LocatorSize, member: null);
        if (both.IsEmpty || ReadUInt32LittleEndian(both[Size..]) != LocatorSignature)
            return plain.NeedsZip64 ? throw Refuse("a ZIP64 end record is needed and missing") : null;

        ReadOnlySpan<byte> record = both[..Size], locator = both[Size..];
        // Right before the locator and without an extensible part: one reader goes by the pointer, another looks just there.
        if (ReadUInt64LittleEndian(locator[8..]) != (ulong)offset || ReadUInt32LittleEndian(record) != Signature
            || ReadUInt64LittleEndian(record[4..]) != Size - UncountedSize)
        {
            throw Refuse("the ZIP64 end record is not where every reader looks");
        }
        bool isSplit = ReadUInt32LittleEndian(locator[4..]) != 0 || ReadUInt32LittleEndian(locator[16..]) != 1
            || ReadUInt32LittleEndian(record[16..]) != 0 || ReadUInt32LittleEndian(record[20..]) != 0;
        if (isSplit) throw new ArchiveRefusedException(ZipRules.Split, "the archive is split over several files", member: null, offset);

        var large = new EndRecord(DirectoryOffset: Number(record[48..]), DirectorySize: Number(record[40..]), Count: Number(record[32..]));
        if (Number(record[24..]) != large.Count) throw Refuse("the ZIP64 end record gives two different counts");
        if (!plain.AgreesWith(large)) throw Refuse("the two end records give different numbers");
        return large.MustEndAt(offset);

        long Number(ReadOnlySpan<byte> at) => ReadUInt64LittleEndian(at) is <= long.MaxValue and var number
            ? (long)number
            : throw Refuse("the ZIP64 end record has an impossible number");

        ArchiveRefusedException Refuse(string because) => new(ZipRules.Zip64End, because, member: null, Math.Max(0, offset));
    }
}
