using System.Buffers.Binary;

namespace Sandpiper.Archives.Zip;

/// <summary>Sizes and offset of a member after its ZIP64 extra field has had its say (APPNOTE 4.5.3).</summary>
/// <param name="HasZip64">There was such a field.</param>
internal readonly record struct ExtraFields(long Size, long CompressedSize, long HeaderOffset, bool HasZip64)
{
    private const ushort Zip64 = 0x0001;
    private const ushort UnicodeComment = 0x6375;
    private const ushort UnicodePath = 0x7075;
    private const ushort StrongEncryption = 0x0017;

    /// <param name="extra">All extra fields of one header.</param>
    /// <param name="headerOffset">Null in a local header, which has none.</param>
    /// <param name="toleratesFullValues">A local ZIP64 field may repeat sizes that fit (some builders write them always); they must be equal.</param>
    /// <exception cref="ArchiveRefusedException">Malformed, repeated, or they rename or hide the member.</exception>
    public static ExtraFields Read(ReadOnlySpan<byte> extra, uint size, uint compressedSize, uint? headerOffset, bool toleratesFullValues, string member, long offset)
    {
        long realSize = size, realCompressed = compressedSize, realOffset = headerOffset ?? 0;
        bool hasZip64 = false;
        var seen = new HashSet<ushort>();
        while (!extra.IsEmpty)
        {
            if (extra.Length < 4) throw Refuse("a cut-off extra field");
            ushort id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - 4) throw Refuse("an extra field that is longer than its place");
            ReadOnlySpan<byte> content = extra.Slice(4, length);
            extra = extra[(4 + length)..];
            if (!seen.Add(id)) throw Refuse("an extra field that is there twice");
            switch (id)
            {
                case UnicodePath or UnicodeComment:
                    throw Refuse("a second name or comment in an extra field, which only some readers use");
                case StrongEncryption:
                    throw new ArchiveRefusedException(ZipRules.Encrypted, "encrypted content", member, offset);
                case Zip64:
                    hasZip64 = true;
                    ReadZip64(content);
                    break;
            }
        }
        bool complete = hasZip64 || (size != uint.MaxValue && compressedSize != uint.MaxValue && headerOffset != uint.MaxValue);
        if (!complete) throw Refuse("a ZIP64 extra field is needed and missing");
        return new ExtraFields(realSize, realCompressed, realOffset, hasZip64);

        void ReadZip64(ReadOnlySpan<byte> content)
        {
            if (toleratesFullValues && content.Length == 16 && size != uint.MaxValue && compressedSize != uint.MaxValue)
            {
                if (Take(ref content) != size || Take(ref content) != compressedSize) throw Refuse("a ZIP64 extra field that contradicts its header");
                return;
            }
            if (size == uint.MaxValue) realSize = Take(ref content);
            if (compressedSize == uint.MaxValue) realCompressed = Take(ref content);
            if (headerOffset == uint.MaxValue) realOffset = Take(ref content);
            if (!content.IsEmpty) throw Refuse("a ZIP64 extra field with more than is needed");
        }

        long Take(ref ReadOnlySpan<byte> content)
        {
            if (content.Length < 8) throw Refuse("an incomplete ZIP64 extra field");
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(content);
            content = content[8..];
            return value <= long.MaxValue ? (long)value : throw Refuse("an impossible number in a ZIP64 extra field");
        }

        ArchiveRefusedException Refuse(string because) => new(ZipRules.Extra, because, member, offset);
    }
}
