using static System.Buffers.Binary.BinaryPrimitives;

namespace Sandpiper.Archives.Zip;

/// <summary>The header before a member's content (APPNOTE 4.3.7), which must say what the central directory says.</summary>
internal static class LocalHeader
{
    private const uint Signature = 0x04034b50;
    private const int FixedSize = 30;

    /// <returns>The member, and through <paramref name="end"/> the first byte behind it.</returns>
    /// <exception cref="ArchiveRefusedException">The header contradicts the directory: two tools would install two things.</exception>
    public static ZipMember MustAgree(ArchiveBytes archive, CentralEntry entry, out long end)
    {
        byte[] header = archive.Read(entry.HeaderOffset, FixedSize, entry.Name);
        if (ReadUInt32LittleEndian(header) != Signature)
            throw Refuse(ZipRules.Header, "there is no local header where the central directory points");
        var fields = new HeaderFields(header.AsSpan(4));
        int nameLength = fields.NameLength, extraLength = fields.ExtraLength;
        var variable = archive.Read(entry.HeaderOffset + FixedSize, nameLength + extraLength, entry.Name).AsSpan();

        if (!variable[..nameLength].SequenceEqual(entry.RawName))
            throw Refuse(ZipRules.DifferentName, "the local header and the central directory give different names");
        // A descriptor announced by the local header alone is there all the same; one announced by the directory alone is not.
        bool hasDescriptor = fields.Flags.HasFlag(MemberFlags.Descriptor);
        if (fields.Flags != entry.Flags && fields.Flags != (entry.Flags | MemberFlags.Descriptor))
            throw Refuse(ZipRules.DifferentForm, "the local header and the central directory give different flags");
        if (fields.Method != (ushort)entry.Method)
            throw Refuse(ZipRules.DifferentForm, "the local header and the central directory give different methods");

        var numbers = ExtraFields.ReadLocal(variable[nameLength..], fields, entry.Name, entry.HeaderOffset);
        if (!Agree(fields.Crc32, entry.Crc32))
            throw Refuse(ZipRules.DifferentChecksum, "the local header and the central directory give different checksums");
        if (!Agree(numbers.Size, entry.Size) || !Agree(numbers.CompressedSize, entry.CompressedSize))
            throw Refuse(ZipRules.DifferentSize, "the local header and the central directory give different sizes");

        long dataOffset = entry.HeaderOffset + FixedSize + nameLength + extraLength;
        if (entry.CompressedSize > archive.Length - dataOffset) throw Refuse(ZipRules.Header, "its content is cut off");
        end = dataOffset + entry.CompressedSize;
        if (hasDescriptor) end += DataDescriptor.MustAgree(archive, entry, end, numbers.HasZip64);
        return new ZipMember(
            entry.Name, entry.IsDirectory, entry.IsExecutable, entry.HeaderOffset, entry.CompressedSize, entry.Size, entry.Crc32)
        {
            Method = entry.Method,
            DataOffset = dataOffset,
        };

        // Before a descriptor the header may leave a number zero (4.4.4, bit 3), but never give another.
        bool Agree(long local, long central) => local == central || (hasDescriptor && local == 0);

        ArchiveRefusedException Refuse(string rule, string because) => new(rule, because, entry.Name, entry.HeaderOffset);
    }
}
