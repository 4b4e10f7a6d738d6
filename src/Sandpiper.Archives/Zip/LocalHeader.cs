using System.Buffers.Binary;

namespace Sandpiper.Archives.Zip;

/// <summary>The header before a member's content (APPNOTE 4.3.7) and the descriptor behind it (4.3.9): both must say what the directory says.</summary>
internal static class LocalHeader
{
    private const uint Signature = 0x04034b50;
    private const uint DescriptorSignature = 0x08074b50;
    private const int FixedSize = 30;

    /// <returns>The member, and through <paramref name="end"/> the first byte behind it.</returns>
    /// <exception cref="ArchiveRefusedException">The header contradicts the directory: two tools would install two things.</exception>
    public static ZipMember MustAgree(ArchiveBytes archive, CentralEntry entry, out long end)
    {
        byte[] header = archive.Read(entry.HeaderOffset, FixedSize, entry.Name);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Signature) throw Refuse(ZipRules.Header, "there is no local header where the central directory points");
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26));
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        byte[] variable = archive.Read(entry.HeaderOffset + FixedSize, nameLength + extraLength, entry.Name);

        if (!variable.AsSpan(0, nameLength).SequenceEqual(entry.RawName)) throw Refuse(ZipRules.Disagreement, $"the local header calls it `{CentralDirectory.Visible(variable.AsSpan(0, nameLength))}`");
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6));
        // Some builders announce a descriptor in the local header only; whether it is there is judged below, by its bytes.
        if ((flags | CentralDirectory.DescriptorFlag) != (entry.Flags | CentralDirectory.DescriptorFlag)) throw Refuse(ZipRules.Disagreement, "the local header and the central directory give different flags");
        if (BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)) != (ushort)entry.Method) throw Refuse(ZipRules.Disagreement, "the local header and the central directory give different methods");

        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(14)), compressed = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(18)), size = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(22));
        ExtraFields real = ExtraFields.Read(variable.AsSpan(nameLength), size, compressed, headerOffset: null, toleratesFullValues: true, entry.Name, entry.HeaderOffset);
        long dataOffset = entry.HeaderOffset + FixedSize + nameLength + extraLength;
        end = checked(dataOffset + entry.CompressedSize);
        if (end > archive.Length) throw Refuse(ZipRules.Header, "the content does not fit into the archive");

        if ((flags & CentralDirectory.DescriptorFlag) != 0)
        {
            // The sizes stand behind the content; the header may leave them zero, or give them, but never others.
            bool agree = (crc == 0 || crc == entry.Crc32) && (real.CompressedSize == 0 || real.CompressedSize == entry.CompressedSize) && (real.Size == 0 || real.Size == entry.Size);
            if (!agree) throw Refuse(ZipRules.Content, "the local header and the central directory give different sizes or checksums");
            end = MustAgree(archive, entry, end, real.HasZip64);
        }
        else
        {
            if (crc != entry.Crc32) throw Refuse(ZipRules.Content, "the local header and the central directory give different checksums");
            if (real.Size != entry.Size || real.CompressedSize != entry.CompressedSize) throw Refuse(ZipRules.Content, "the local header and the central directory give different sizes");
        }
        return new ZipMember(entry.Name, entry.IsDirectory, entry.IsExecutable, entry.HeaderOffset, entry.CompressedSize, entry.Size, entry.Crc32) { Method = entry.Method, DataOffset = dataOffset };

        ArchiveRefusedException Refuse(string rule, string because) => new(rule, because, entry.Name, entry.HeaderOffset);
    }

    // The signature is optional, the sizes have four or eight bytes: only the form that the header announces is read.
    private static long MustAgree(ArchiveBytes archive, CentralEntry entry, long offset, bool isZip64)
    {
        int sizeBytes = isZip64 ? 8 : 4;
        int bare = 4 + 2 * sizeBytes;
        bool signed = BinaryPrimitives.ReadUInt32LittleEndian(archive.Read(offset, 4, entry.Name)) == DescriptorSignature;
        byte[] descriptor = archive.Read(offset + (signed ? 4 : 0), bare, entry.Name);
        long Number(int at) => sizeBytes == 8 ? (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(descriptor.AsSpan(at)), long.MaxValue) : BinaryPrimitives.ReadUInt32LittleEndian(descriptor.AsSpan(at));
        if (BinaryPrimitives.ReadUInt32LittleEndian(descriptor) != entry.Crc32 || Number(4) != entry.CompressedSize || Number(4 + sizeBytes) != entry.Size)
        {
            throw new ArchiveRefusedException(ZipRules.Content, "the data descriptor and the central directory give different sizes or checksums", entry.Name, offset);
        }
        return offset + (signed ? 4 : 0) + bare;
    }
}
