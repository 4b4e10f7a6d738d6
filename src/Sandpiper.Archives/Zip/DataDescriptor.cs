using static System.Buffers.Binary.BinaryPrimitives;

namespace Sandpiper.Archives.Zip;

/// <summary>Checksum and sizes behind the content (APPNOTE 4.3.9), for writers that could not know them before.</summary>
internal static class DataDescriptor
{
    private const uint Signature = 0x08074b50;

    /// <returns>Its length in bytes.</returns>
    /// <exception cref="ArchiveRefusedException">A reader that goes by it would see another member.</exception>
    public static int MustAgree(ArchiveBytes archive, CentralEntry entry, long offset, bool hasZip64)
    {
        // Only deflate says itself where it ends. A reader without the directory would have to search for the signature.
        if (entry.Method == ZipMethod.Stored) throw Refuse("it is stored as it is, and only a descriptor says where it ends");

        int width = hasZip64 ? sizeof(ulong) : sizeof(uint);    // 4.3.9.2
        byte[] descriptor = archive.Read(offset, 8 + 2 * width, entry.Name);
        // The signature is "not originally assigned" (4.3.9.3) but written by everybody; a reader that insists on it would go astray.
        if (ReadUInt32LittleEndian(descriptor) != Signature) throw Refuse("there is no data descriptor behind its content");
        bool agree = ReadUInt32LittleEndian(descriptor.AsSpan(4)) == entry.Crc32
            && NumberAt(8) == (ulong)entry.CompressedSize && NumberAt(8 + width) == (ulong)entry.Size;
        return agree ? descriptor.Length : throw Refuse("the data descriptor and the central directory disagree");

        ulong NumberAt(int at) => hasZip64 ? ReadUInt64LittleEndian(descriptor.AsSpan(at)) : ReadUInt32LittleEndian(descriptor.AsSpan(at));

        ArchiveRefusedException Refuse(string because) => new(ZipRules.Descriptor, because, entry.Name, offset);
    }
}
