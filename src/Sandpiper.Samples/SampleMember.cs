using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Sandpiper.Samples;

/// <summary>One member of a made-up ZIP archive: what is true of it, and what its headers say instead.</summary>
public sealed record SampleMember(string Name, ReadOnlyMemory<byte> Content)
{
    private const ushort RegularFile = 0x8000;  // S_IFREG, S_IFLNK: sys/stat.h
    private const ushort SymbolicLink = 0xA000;

    /// <summary>As <c>st_mode</c>: file type and permission bits.</summary>
    public ushort Mode { get; init; } = RegularFile | 0x1A4;

    /// <summary>The system in "version made by" (APPNOTE 4.4.2.2): 3 is Unix, 0 is DOS.</summary>
    public byte MadeBy { get; init; } = 3;

    public bool IsStored { get; init; }

    /// <summary>CRC and sizes follow the data, and are zero in the local header (APPNOTE 4.3.9).</summary>
    public bool HasDescriptor { get; init; }

    /// <summary>Bytes after the data in place of the true descriptor.</summary>
    public ReadOnlyMemory<byte>? Descriptor { get; init; }

    /// <summary>Bytes in place of the true compressed data.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>Bytes before the local header that belong to nobody.</summary>
    public ReadOnlyMemory<byte> Gap { get; init; }

    public bool IsMissingFromDirectory { get; init; }

    /// <summary>What both headers say; <see cref="Local"/> and <see cref="Central"/> overrule it.</summary>
    public HeaderLies Both { get; init; } = new();

    public HeaderLies Local { get; init; } = new();

    public HeaderLies Central { get; init; } = new();

    public static SampleMember Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));

    public static SampleMember Directory(string name) => new(name, default) { Mode = 0x41ED, IsStored = true };

    public static SampleMember Link(string name, string target) => Text(name, target) with { Mode = SymbolicLink | 0x1FF, IsStored = true };

    public SampleMember AsExecutable() => this with { Mode = RegularFile | 0x1ED };

    internal uint Crc => Crc32.HashToUInt32(Content.Span);

    internal byte[] CompressedData()
    {
        if (Data is { } given) return given.ToArray();
        if (IsStored) return Content.ToArray();
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(Content.Span);
        // DeflateStream writes nothing at all for no input; a deflate stream has at least one block (RFC 1951, 3.2.3).
        return compressed.Length == 0 ? [3, 0] : compressed.ToArray();
    }
}
