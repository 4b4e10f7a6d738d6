using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Sandpiper.Samples;

/// <summary>
/// A made-up ZIP archive, honest unless told to lie: the same description always gives the same bytes.
/// A library would refuse to write what these samples are for, so every record is written by hand (APPNOTE 6.3.10).
/// </summary>
public sealed record ZipBytes
{
    private const ushort Stored = 0, Deflated = 8;
    private const ushort VersionWithDeflate = 20, VersionWithZip64 = 45;
    private const ushort HasDescriptorFlag = 1 << 3, Utf8Flag = 1 << 11;
    private const ushort FirstDosDate = 0x0021; // 1980-01-01

    public static ZipBytes Empty { get; } = new();

    public ImmutableArray<SampleMember> Members { get; init; } = [];

    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>Between the last member and the central directory.</summary>
    public ReadOnlyMemory<byte> BeforeDirectory { get; init; }

    /// <summary>Between the central directory (and the zip64 end record, if any) and the end record.</summary>
    public ReadOnlyMemory<byte> BeforeEnd { get; init; }

    public ReadOnlyMemory<byte> Comment { get; init; }

    public ReadOnlyMemory<byte> Suffix { get; init; }

    /// <summary>With a zip64 end record and its locator, and counts in the end record that point there.</summary>
    public bool HasZip64End { get; init; }

    public EndLies End { get; init; } = new();

    public ZipBytes With(string name, string text) => With(SampleMember.Text(name, text));

    public ZipBytes With(string name, ReadOnlyMemory<byte> content) => With(new SampleMember(name, content));

    public ZipBytes With(SampleMember member) => this with { Members = Members.Add(member) };

    /// <summary>One extra field: id, length, content (APPNOTE 4.5.1).</summary>
    public static byte[] ExtraField(ushort id, ReadOnlySpan<byte> content)
    {
        byte[] field = new byte[4 + content.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(field, id);
        BinaryPrimitives.WriteUInt16LittleEndian(field.AsSpan(2), (ushort)content.Length);
        content.CopyTo(field.AsSpan(4));
        return field;
    }

    /// <summary>The zip64 extra field: 64-bit numbers, in the order of APPNOTE 4.5.3.</summary>
    public static byte[] Zip64Field(params ReadOnlySpan<ulong> numbers)
    {
        byte[] content = new byte[8 * numbers.Length];
        for (int i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(8 * i), numbers[i]);
        return ExtraField(1, content);
    }

    public byte[] Build()
    {
        using var bytes = new MemoryStream();
        using var archive = new BinaryWriter(bytes);
        using var directory = new BinaryWriter(new MemoryStream());

        archive.Write(Prefix.Span);
        foreach (var member in Members)
        {
            archive.Write(member.Gap.Span);
            byte[] data = member.CompressedData();
            uint offset = (uint)bytes.Position;
            WriteLocal(archive, member, data);
            if (!member.IsMissingFromDirectory) WriteCentral(directory, member, (uint)data.Length, offset);
        }
        archive.Write(BeforeDirectory.Span);
        uint directoryOffset = (uint)bytes.Position;
        byte[] central = ((MemoryStream)directory.BaseStream).ToArray();
        archive.Write(central);
        int entries = Members.Count(member => !member.IsMissingFromDirectory);
        if (HasZip64End) WriteZip64End(archive, (ulong)entries, (ulong)central.Length, directoryOffset);
        archive.Write(BeforeEnd.Span);
        WriteEnd(archive, (ushort)entries, (uint)central.Length, directoryOffset);
        archive.Write(Suffix.Span);
        return bytes.ToArray();
    }

    private static void WriteLocal(BinaryWriter archive, SampleMember member, byte[] data)
    {
        var says = member.Local.Over(member.Both);
        archive.Write(0x04034b50u);     // 4.3.7
        uint compressedSize = (uint)data.Length, size = (uint)member.Content.Length;
        WriteShared(archive, member, says, member.HasDescriptor ? (0, 0, 0) : (member.Crc, compressedSize, size));
        archive.Write(NameIn(says, member));
        archive.Write((says.Extra ?? default).Span);
        archive.Write(data);
        if (member.Descriptor is { } descriptor) archive.Write(descriptor.Span);
        else if (member.HasDescriptor)
        {
            archive.Write(0x08074b50u); // 4.3.9.3
            archive.Write(member.Crc);
            archive.Write(compressedSize);
            archive.Write(size);
        }
    }

    private static void WriteCentral(BinaryWriter directory, SampleMember member, uint compressedSize, uint offset)
    {
        var says = member.Central.Over(member.Both);
        directory.Write(0x02014b50u);   // 4.3.12
        directory.Write((byte)VersionWithDeflate);
        directory.Write(member.MadeBy);
        WriteShared(directory, member, says, (member.Crc, compressedSize, (uint)member.Content.Length));
        directory.Write((ushort)(says.Comment?.Length ?? 0));
        directory.Write(says.Disk ?? 0);
        directory.Write((ushort)0);     // internal attributes
        directory.Write((uint)member.Mode << 16);
        directory.Write(says.HeaderOffset ?? offset);
        directory.Write(NameIn(says, member));
        directory.Write((says.Extra ?? default).Span);
        directory.Write((says.Comment ?? default).Span);
    }

    /// <summary>The run of fields that local and central headers have in common: version needed to extra field length.</summary>
    private static void WriteShared(BinaryWriter to, SampleMember member, HeaderLies says, (uint Crc, uint Compressed, uint Size) truth)
    {
        ushort flags = (ushort)((member.HasDescriptor ? HasDescriptorFlag : 0) | (Ascii.IsValid(member.Name) ? 0 : Utf8Flag));
        to.Write(says.VersionNeeded ?? VersionWithDeflate);
        to.Write(says.Flags ?? flags);
        to.Write(says.Method ?? (member.IsStored ? Stored : Deflated));
        to.Write((ushort)0);            // midnight
        to.Write(FirstDosDate);
        to.Write(says.Crc32 ?? truth.Crc);
        to.Write(says.CompressedSize ?? truth.Compressed);
        to.Write(says.Size ?? truth.Size);
        to.Write((ushort)NameIn(says, member).Length);
        to.Write((ushort)(says.Extra?.Length ?? 0));
    }

    private static byte[] NameIn(HeaderLies says, SampleMember member) => says.Name?.ToArray() ?? Encoding.UTF8.GetBytes(member.Name);

    private static void WriteZip64End(BinaryWriter archive, ulong entries, ulong directorySize, ulong directoryOffset)
    {
        archive.Write(0x06064b50u);     // 4.3.14
        archive.Write(44ul);            // bytes after this field
        archive.Write(VersionWithZip64);
        archive.Write(VersionWithZip64);
        archive.Write(0u);
        archive.Write(0u);
        archive.Write(entries);
        archive.Write(entries);
        archive.Write(directorySize);
        archive.Write(directoryOffset);
        archive.Write(0x07064b50u);     // 4.3.15
        archive.Write(0u);
        archive.Write(directoryOffset + directorySize);
        archive.Write(1u);
    }

    private void WriteEnd(BinaryWriter archive, ushort entries, uint directorySize, uint directoryOffset)
    {
        if (HasZip64End) (entries, directorySize, directoryOffset) = (ushort.MaxValue, uint.MaxValue, uint.MaxValue);
        archive.Write(0x06054b50u);     // 4.3.16
        archive.Write(End.Disk ?? 0);
        archive.Write(End.Disk ?? 0);
        archive.Write(End.EntriesOnDisk ?? End.Entries ?? entries);
        archive.Write(End.Entries ?? entries);
        archive.Write(End.DirectorySize ?? directorySize);
        archive.Write(End.DirectoryOffset ?? directoryOffset);
        archive.Write(End.CommentLength ?? (ushort)Comment.Length);
        archive.Write(Comment.Span);
    }
}
