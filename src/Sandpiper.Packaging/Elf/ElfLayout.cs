using System.Buffers.Binary;

namespace Sandpiper.Packaging.Elf;

/// <summary>How the numbers of an ELF file are laid out (elf(5)): that of an interpreter, or of a library in a wheel.</summary>
public readonly record struct ElfLayout(bool Is64Bit, bool IsBigEndian)
{
    /// <summary>Elf_Half, two bytes.</summary>
    public int HalfWord(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

    /// <summary>Elf_Word, four bytes.</summary>
    public uint Word(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);

    /// <summary>Elf_Addr, four or eight bytes.</summary>
    public ulong Address(ReadOnlySpan<byte> at) => !Is64Bit ? Word(at)
        : IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at);
}
