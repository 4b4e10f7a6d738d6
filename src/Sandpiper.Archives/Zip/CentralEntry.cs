using System.Text;
using Sandpiper.Archives.Members;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Sandpiper.Archives.Zip;

/// <summary>One entry of the central directory (APPNOTE 4.3.12), judged by itself; its twin is the <see cref="LocalHeader"/>.</summary>
/// <param name="RawName">The name's bytes as they stand in the archive.</param>
internal sealed record CentralEntry(
    string Name, bool IsDirectory, bool IsExecutable, byte[] RawName, MemberFlags Flags, ZipMethod Method,
    uint Crc32, long CompressedSize, long Size, long HeaderOffset)
{
    public const int FixedSize = 46;

    private const uint Signature = 0x02014b50;
    private const int MaxVersionNeeded = 45;    // 4.5 is ZIP64; what came later are methods and encryption (APPNOTE 4.4.3.2)
    private const MemberFlags Encryption = MemberFlags.Encrypted | MemberFlags.StronglyEncrypted | MemberFlags.MaskedHeaders;
    private const MemberFlags Known =
        MemberFlags.DeflateEffort1 | MemberFlags.DeflateEffort2 | MemberFlags.Descriptor | MemberFlags.Utf8;

    /// <param name="at">The directory from this entry on.</param>
    /// <param name="offset">Of the entry in the archive.</param>
    /// <param name="length">Of the entry, in bytes.</param>
    /// <exception cref="ArchiveRefusedException">It is malformed, or asks for what we do not unpack.</exception>
    public static CentralEntry Read(ReadOnlySpan<byte> at, long offset, int maxDepth, out int length)
    {
        if (at.Length < FixedSize || ReadUInt32LittleEndian(at) != Signature)
            throw new ArchiveRefusedException(ZipRules.Header, "an entry of the directory is missing or cut off", member: null, offset);
        var fields = new HeaderFields(at[6..]);
        int commentLength = ReadUInt16LittleEndian(at[32..]);
        length = FixedSize + fields.NameLength + fields.ExtraLength + commentLength;
        if (length > at.Length)
            throw new ArchiveRefusedException(ZipRules.Header, "an entry of the directory is cut off", member: null, offset);

        var rawName = at.Slice(FixedSize, fields.NameLength);
        string name = MemberName.Read(rawName, offset, maxDepth, out bool isDirectory);
        // Without the mark it is code page 437 (APPNOTE, appendix D), to those who follow that; ASCII is the same in both.
        if (!fields.Flags.HasFlag(MemberFlags.Utf8) && !Ascii.IsValid(rawName))
            throw Refuse(MemberRules.NameEncoding, "its name is not ASCII and not marked as UTF-8");
        if (PlainComment.Hides(at[(length - commentLength)..length]))
            throw Refuse(ZipRules.Comment, "its comment has control characters in it");
        if (ReadUInt16LittleEndian(at[34..]) != 0) throw Refuse(ZipRules.Split, "the archive is split over several files");
        if ((fields.Flags & Encryption) != MemberFlags.None) throw Refuse(ZipRules.Encrypted, "it is encrypted");
        if ((fields.Flags & ~Known) != MemberFlags.None)
            throw Refuse(ZipRules.Feature, "its flags ask for a feature that is not read, such as patch data");
        if (fields.VersionNeeded > MaxVersionNeeded) throw Refuse(ZipRules.Feature, "it asks for a later version of the format");
        if (fields.Method is not ((ushort)ZipMethod.Stored or (ushort)ZipMethod.Deflated))
            throw Refuse(ZipRules.Method, $"it is compressed by method {fields.Method}; only stored and deflate are read");

        var numbers = ExtraFields.ReadCentral(
            at.Slice(FixedSize + fields.NameLength, fields.ExtraLength), fields, ReadUInt32LittleEndian(at[42..]), name, offset);
        bool isExecutable = MemberMode.MustFit(ReadUInt32LittleEndian(at[38..]), isDirectory, name, offset);
        if (isDirectory && (numbers.Size, numbers.CompressedSize, fields.Crc32) is not (0, 0, 0))
            throw Refuse(ZipRules.Directoryness, "it is a directory with content");
        var method = (ZipMethod)fields.Method;
        if (method == ZipMethod.Stored && numbers.Size != numbers.CompressedSize)
            throw Refuse(ZipRules.Content, "it is stored as it is, and yet has two sizes");

        return new CentralEntry(
            name, isDirectory, isExecutable, rawName.ToArray(), fields.Flags, method,
            fields.Crc32, numbers.CompressedSize, numbers.Size, numbers.HeaderOffset);

        ArchiveRefusedException Refuse(string rule, string because) => new(rule, because, name, offset);
    }
}
