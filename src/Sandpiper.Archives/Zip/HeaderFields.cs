using static System.Buffers.Binary.BinaryPrimitives;

namespace Sandpiper.Archives.Zip;

/// <summary>What local headers and directory entries have in common: "version needed" to lengths (APPNOTE 4.4.3 to 4.4.11).</summary>
internal readonly ref struct HeaderFields(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ushort VersionNeeded => ReadUInt16LittleEndian(_bytes);

    public MemberFlags Flags => (MemberFlags)ReadUInt16LittleEndian(_bytes[2..]);

    public ushort Method => ReadUInt16LittleEndian(_bytes[4..]);

    public uint Crc32 => ReadUInt32LittleEndian(_bytes[10..]);

    public uint CompressedSize => ReadUInt32LittleEndian(_bytes[14..]);

    public uint Size => ReadUInt32LittleEndian(_bytes[18..]);

    public ushort NameLength => ReadUInt16LittleEndian(_bytes[22..]);

    public ushort ExtraLength => ReadUInt16LittleEndian(_bytes[24..]);
}
