using static System.Buffers.Binary.BinaryPrimitives;

namespace Sandpiper.Archives.Zip;

/// <summary>Sizes and offset of a member after its extra fields have had their say (APPNOTE 4.5).</summary>
/// <param name="HasZip64">There was a ZIP64 field (4.5.3), with numbers or without.</param>
internal readonly record struct ExtraFields(long Size, long CompressedSize, long HeaderOffset, bool HasZip64)
{
    private const int HeadSize = 4;             // id and length
    private const ushort Zip64 = 0x0001, StrongEncryption = 0x0017, UnicodeComment = 0x6375, UnicodePath = 0x7075;

    /// <exception cref="ArchiveRefusedException">Malformed, repeated, or they rename or hide the member.</exception>
    public static ExtraFields ReadCentral(ReadOnlySpan<byte> extra, HeaderFields header, uint headerOffset, string member, long offset)
    {
        var refuse = new Refusal(member, offset);
        var zip64 = FindZip64(extra, refuse, out bool hasZip64);
        long size = NumberOf(header.Size, ref zip64, refuse);
        long compressedSize = NumberOf(header.CompressedSize, ref zip64, refuse);
        long realOffset = NumberOf(headerOffset, ref zip64, refuse);
        // A number that is not asked for is a second answer (Zip64ExtendedFieldTooLong in uv).
        if (!zip64.IsEmpty) throw refuse.Because("a ZIP64 extra field has more numbers than are needed");
        return new(size, compressedSize, realOffset, hasZip64);
    }

    /// <summary>A local field may always give both sizes: 4.5.3 asks for both, and some builders write them where none is needed.</summary>
    /// <exception cref="ArchiveRefusedException">Malformed, repeated, against the header, or they rename or hide the member.</exception>
    public static ExtraFields ReadLocal(ReadOnlySpan<byte> extra, HeaderFields header, string member, long offset)
    {
        var refuse = new Refusal(member, offset);
        var zip64 = FindZip64(extra, refuse, out bool hasZip64);
        if (zip64.Length == 2 * sizeof(ulong))
        {
            long size = TakeNumber(ref zip64, refuse), compressedSize = TakeNumber(ref zip64, refuse);
            bool agree = (header.Size == uint.MaxValue || header.Size == size)
                && (header.CompressedSize == uint.MaxValue || header.CompressedSize == compressedSize);
            return agree ? new(size, compressedSize, 0, hasZip64) : throw refuse.Because("a ZIP64 extra field contradicts its header");
        }
        long onlySize = NumberOf(header.Size, ref zip64, refuse), onlyCompressed = NumberOf(header.CompressedSize, ref zip64, refuse);
        if (!zip64.IsEmpty) throw refuse.Because("a ZIP64 extra field has more numbers than are needed");
        return new(onlySize, onlyCompressed, 0, hasZip64);
    }

    private static ReadOnlySpan<byte> FindZip64(ReadOnlySpan<byte> extra, Refusal refuse, out bool isThere)
    {
        ReadOnlySpan<byte> zip64 = [];
        isThere = false;
        var seen = new HashSet<ushort>();
        while (!extra.IsEmpty)
        {
            if (extra.Length < HeadSize) throw refuse.Because("an extra field is cut off");
            ushort id = ReadUInt16LittleEndian(extra), length = ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - HeadSize) throw refuse.Because("an extra field is longer than its place");
            if (!seen.Add(id)) throw refuse.Because("an extra field is there twice");
            if (id is UnicodePath or UnicodeComment)
                throw refuse.Because("an extra field gives a second name or comment, which only some readers use", ZipRules.SecondName);
            if (id == StrongEncryption) throw refuse.Because("it is encrypted", ZipRules.Encrypted);
            if (id == Zip64)
            {
                isThere = true;
                zip64 = extra.Slice(HeadSize, length);
            }
            extra = extra[(HeadSize + length)..];
        }
        return zip64;
    }

    private static long NumberOf(uint field, ref ReadOnlySpan<byte> zip64, Refusal refuse) =>
        field == uint.MaxValue ? TakeNumber(ref zip64, refuse) : field;

    private static long TakeNumber(ref ReadOnlySpan<byte> zip64, Refusal refuse)
    {
        if (zip64.Length < sizeof(ulong)) throw refuse.Because("a number is missing in a ZIP64 extra field");
        ulong number = ReadUInt64LittleEndian(zip64);
        zip64 = zip64[sizeof(ulong)..];
        return number <= long.MaxValue ? (long)number : throw refuse.Because("a ZIP64 extra field has an impossible number");
    }

    private readonly record struct Refusal(string Member, long Offset)
    {
        public ArchiveRefusedException Because(string because, string rule = ZipRules.Extra) => new(rule, because, Member, Offset);
    }
}
