using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;

namespace Sandpiper.Samples;

/// <summary>One member of a ZIP archive to be written, and the lies its headers tell. By default there are none.</summary>
public sealed record ZipPiece(string Name, ReadOnlyMemory<byte> Content)
{
    /// <summary>Deflate the content; false: store it.</summary>
    public bool Deflated { get; init; } = true;

    /// <summary>Unix mode with file type; 0100644 is an ordinary file.</summary>
    public int Mode { get; init; } = 0x81A4;

    /// <summary>The central directory gives this name instead.</summary>
    public string? CentralName { get; init; }

    /// <summary>The central directory gives this checksum instead.</summary>
    public uint? CentralCrc { get; init; }

    /// <summary>The local header gives this checksum instead.</summary>
    public uint? LocalCrc { get; init; }

    /// <summary>Both headers give this size of the inflated content instead.</summary>
    public uint? Size { get; init; }

    /// <summary>Both headers carry these flags instead of 0.</summary>
    public ushort Flags { get; init; }

    /// <summary>Both headers name this method instead.</summary>
    public ushort? Method { get; init; }

    /// <summary>The central directory carries these extra fields.</summary>
    public ReadOnlyMemory<byte> CentralExtra { get; init; }
}

/// <summary>Writes ZIP archives, honest and lying, always the same bytes for the same pieces.</summary>
public sealed record ZipBytes
{
    private const ushort Version = 20;
    private const uint DosTime = 0x5021_0000;   // 2020-01-01 00:00:00

    public ImmutableArray<ZipPiece> Pieces { get; init; } = [];

    /// <summary>Bytes before the first member.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>Bytes between the last member and the central directory.</summary>
    public ReadOnlyMemory<byte> Gap { get; init; }

    /// <summary>Bytes behind the end record.</summary>
    public ReadOnlyMemory<byte> Suffix { get; init; }

    /// <summary>Added to the number of members in the end record.</summary>
    public int ExtraCount { get; init; }

    public ZipBytes With(string name, string content) => With(new ZipPiece(name, Encoding.UTF8.GetBytes(content)));

    public ZipBytes With(ZipPiece piece) => this with { Pieces = Pieces.Add(piece) };

    public byte[] Build()
    {
        using var archive = new MemoryStream();
        using var directory = new MemoryStream();
        archive.Write(Prefix.Span);
        foreach (ZipPiece piece in Pieces) Write(piece, archive, directory);
        archive.Write(Gap.Span);

        long start = archive.Length;
        directory.WriteTo(archive);
        Span<byte> end = stackalloc byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], (ushort)(Pieces.Length + ExtraCount));
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], (ushort)(Pieces.Length + ExtraCount));
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], (uint)directory.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], (uint)start);
        archive.Write(end);
        archive.Write(Suffix.Span);
        return archive.ToArray();
    }

    private static void Write(ZipPiece piece, MemoryStream archive, MemoryStream directory)
    {
        byte[] content = piece.Deflated && !piece.Content.IsEmpty ? Deflate(piece.Content.Span) : piece.Content.ToArray();
        ushort method = piece.Method ?? (ushort)(piece.Deflated && !piece.Content.IsEmpty ? 8 : 0);
        uint crc = Crc32(piece.Content.Span);
        uint size = piece.Size ?? (uint)piece.Content.Length;
        uint offset = (uint)archive.Length;
        byte[] name = Encoding.UTF8.GetBytes(piece.Name), centralName = Encoding.UTF8.GetBytes(piece.CentralName ?? piece.Name);

        Span<byte> local = stackalloc byte[30];
        BinaryPrimitives.WriteUInt32LittleEndian(local, 0x04034b50);
        BinaryPrimitives.WriteUInt16LittleEndian(local[4..], Version);
        WriteCommon(local[6..], piece.Flags, method, piece.LocalCrc ?? crc, (uint)content.Length, size, (ushort)name.Length, 0);
        archive.Write(local);
        archive.Write(name);
        archive.Write(content);

        Span<byte> central = stackalloc byte[46];
        BinaryPrimitives.WriteUInt32LittleEndian(central, 0x02014b50);
        BinaryPrimitives.WriteUInt16LittleEndian(central[4..], (3 << 8) | Version);     // made on Unix
        BinaryPrimitives.WriteUInt16LittleEndian(central[6..], Version);
        WriteCommon(central[8..], piece.Flags, method, piece.CentralCrc ?? crc, (uint)content.Length, size, (ushort)centralName.Length, (ushort)piece.CentralExtra.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(central[38..], (uint)piece.Mode << 16);
        BinaryPrimitives.WriteUInt32LittleEndian(central[42..], offset);
        directory.Write(central);
        directory.Write(centralName);
        directory.Write(piece.CentralExtra.Span);
    }

    // Flags to extra length stand in the same order in both headers.
    private static void WriteCommon(Span<byte> at, ushort flags, ushort method, uint crc, uint compressed, uint size, ushort nameLength, ushort extraLength)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, flags);
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], method);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], DosTime);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], crc);
        BinaryPrimitives.WriteUInt32LittleEndian(at[12..], compressed);
        BinaryPrimitives.WriteUInt32LittleEndian(at[16..], size);
        BinaryPrimitives.WriteUInt16LittleEndian(at[20..], nameLength);
        BinaryPrimitives.WriteUInt16LittleEndian(at[22..], extraLength);
    }

    private static byte[] Deflate(ReadOnlySpan<byte> content)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Optimal)) deflate.Write(content);
        return compressed.ToArray();
    }

    /// <summary>CRC-32 as ZIP has it, bit by bit: samples are small.</summary>
    public static uint Crc32(ReadOnlySpan<byte> content)
    {
        uint crc = 0xffffffff;
        foreach (byte b in content)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xedb88320 : crc >> 1;
        }
        return ~crc;
    }
}
