using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Sandpiper.Archives.Zip;

/// <summary>One entry of the central directory, read but not yet compared with its local header.</summary>
internal sealed record CentralEntry(string Name, byte[] RawName, bool IsDirectory, bool IsExecutable, ushort Flags, ZipMethod Method, uint Crc32, long CompressedSize, long Size, long HeaderOffset);

/// <summary>Reads the central directory (APPNOTE 4.3.12), one entry after the other, to its last byte.</summary>
internal static class CentralDirectory
{
    public const ushort DescriptorFlag = 0x0008;

    private const uint Signature = 0x02014b50;
    private const int FixedSize = 46;
    private const int SmallestEntry = FixedSize + 1;
    private const ushort EncryptedFlag = 0x0001;
    private const ushort PatchedFlag = 0x0020;
    private const ushort StrongEncryptionFlag = 0x0040;
    private const ushort MaskedFlag = 0x2000;
    private const int MaxBytes = 256 << 20;     // a directory is read whole; 200,000 entries of the longest usual names are 40 MB

    // Version 2.0 for deflate and directories, 4.5 for ZIP64; 6.3 is UTF-8's. Above lie methods and encryption that are refused anyway.
    private const int MaxVersionNeeded = 63;

    /// <exception cref="ArchiveRefusedException">It is not what every reader would read.</exception>
    public static ImmutableArray<CentralEntry> Read(ArchiveBytes archive, EndRecord end, ArchiveLimits limits)
    {
        if (end.Count > limits.MaxMembers) throw new ArchiveRefusedException(ZipRules.Limit, $"more than {limits.MaxMembers} members", null, end.DirectoryOffset);
        if (end.DirectorySize > MaxBytes) throw new ArchiveRefusedException(ZipRules.Limit, $"a central directory of more than {MaxBytes} bytes", null, end.DirectoryOffset);
        if (end.Count > end.DirectorySize / SmallestEntry) throw new ArchiveRefusedException(ZipRules.Header, "more members are promised than the central directory has room for", null, end.DirectoryOffset);

        ReadOnlySpan<byte> rest = archive.Read(end.DirectoryOffset, end.DirectorySize, member: null);
        var entries = ImmutableArray.CreateBuilder<CentralEntry>((int)end.Count);
        long offset = end.DirectoryOffset;
        for (long i = 0; i < end.Count; i++)
        {
            CentralEntry entry = ReadOne(rest, offset, limits, out int length);
            entries.Add(entry);
            rest = rest[length..];
            offset += length;
        }
        if (!rest.IsEmpty) throw new ArchiveRefusedException(ZipRules.Layout, "the central directory has more in it than the members that are counted", null, offset);
        return entries.DrainToImmutable();
    }

    private static CentralEntry ReadOne(ReadOnlySpan<byte> at, long offset, ArchiveLimits limits, out int length)
    {
        if (at.Length < FixedSize || BinaryPrimitives.ReadUInt32LittleEndian(at) != Signature) throw new ArchiveRefusedException(ZipRules.Header, "an entry of the central directory is missing or cut off", null, offset);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(at[28..]);
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(at[30..]);
        int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(at[32..]);
        length = FixedSize + nameLength + extraLength + commentLength;
        if (length > at.Length) throw new ArchiveRefusedException(ZipRules.Header, "an entry of the central directory is cut off", null, offset);

        ReadOnlySpan<byte> rawName = at.Slice(FixedSize, nameLength);
        string name = MemberName.Read(rawName, offset, limits.MaxDepth, out bool isDirectory);
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(at[8..]);
        ushort versionNeeded = BinaryPrimitives.ReadUInt16LittleEndian(at[6..]);
        ZipMethod method = MethodOf(BinaryPrimitives.ReadUInt16LittleEndian(at[10..]), flags, versionNeeded, name, offset);
        if (BinaryPrimitives.ReadUInt16LittleEndian(at[34..]) != 0) throw new ArchiveRefusedException(ZipRules.EndRecord, "a member lies in another file of a split archive", name, offset);

        uint compressed = BinaryPrimitives.ReadUInt32LittleEndian(at[20..]), size = BinaryPrimitives.ReadUInt32LittleEndian(at[24..]), header = BinaryPrimitives.ReadUInt32LittleEndian(at[42..]);
        ExtraFields real = ExtraFields.Read(at.Slice(FixedSize + nameLength, extraLength), size, compressed, header, toleratesFullValues: false, name, offset);
        bool isExecutable = MustBeOrdinary(at, isDirectory, name, offset);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(at[16..]);
        if (isDirectory && (real.Size != 0 || crc != 0)) throw new ArchiveRefusedException(ZipRules.Kind, "a directory with content", name, offset);
        if (method == ZipMethod.Stored && real.Size != real.CompressedSize) throw new ArchiveRefusedException(ZipRules.Content, "stored content of two different sizes", name, offset);
        if (real.Size > limits.MaxMemberBytes) throw new ArchiveRefusedException(ZipRules.Limit, $"a member of more than {limits.MaxMemberBytes} bytes", name, offset);

        return new CentralEntry(name, rawName.ToArray(), isDirectory, isExecutable, flags, method, crc, real.CompressedSize, real.Size, real.HeaderOffset);
    }

    private static ZipMethod MethodOf(ushort method, ushort flags, ushort versionNeeded, string name, long offset)
    {
        if ((flags & (EncryptedFlag | StrongEncryptionFlag | MaskedFlag)) != 0) throw new ArchiveRefusedException(ZipRules.Encrypted, "encrypted content", name, offset);
        if ((flags & PatchedFlag) != 0) throw new ArchiveRefusedException(ZipRules.Encrypted, "compressed patched content", name, offset);
        if (method is not ((ushort)ZipMethod.Stored or (ushort)ZipMethod.Deflated)) throw new ArchiveRefusedException(ZipRules.Method, $"compression method {method}; only stored and deflate are read", name, offset);
        if ((versionNeeded & 0xff) > MaxVersionNeeded) throw new ArchiveRefusedException(ZipRules.Method, "it needs a newer version of the format", name, offset);
        return (ZipMethod)method;
    }

    // The upper half of the external attributes is a Unix mode, whoever made the archive: readers do not agree on when to believe it.
    private static bool MustBeOrdinary(ReadOnlySpan<byte> at, bool isDirectory, string name, long offset)
    {
        uint mode = BinaryPrimitives.ReadUInt32LittleEndian(at[38..]) >> 16;
        uint kind = mode & 0xF000;
        bool ordinary = kind == 0 || kind == (isDirectory ? 0x4000u : 0x8000u);
        if (!ordinary) throw new ArchiveRefusedException(ZipRules.Kind, kind == 0xA000 ? "a symbolic link" : "a special file, or a directory that is none", name, offset);
        return !isDirectory && (mode & 0x40) != 0;
    }

    /// <summary>The name as text, for a local header that does not agree.</summary>
    public static string Visible(ReadOnlySpan<byte> rawName) => Encoding.UTF8.GetString(rawName);
}
