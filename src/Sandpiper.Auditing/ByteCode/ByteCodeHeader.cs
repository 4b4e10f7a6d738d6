using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Auditing.ByteCode;

/// <summary>The sixteen bytes before the code in a <c>.pyc</c> (PEP 552), all that can be read without believing it.</summary>
/// <param name="Magic">Which Python made it: 2 bytes of number, then a carriage return and a line feed.</param>
/// <param name="HasHash">It knows its source by hash, not by time and size.</param>
/// <param name="IsChecked">Python compares the hash when it imports.</param>
/// <param name="SourceTime">Seconds, the low 32 bits.</param>
/// <param name="SourceSize">Bytes, the low 32 bits.</param>
/// <param name="SourceHash">SipHash of the source.</param>
public sealed record ByteCodeHeader(
    uint Magic, bool HasHash, bool IsChecked, uint SourceTime, uint SourceSize, ulong SourceHash)
{
    public const int Size = 16;

    private const uint Hashed = 1, CheckedSource = 2;

    /// <returns>False: Python would not import it as byte code of 3.7 or later.</returns>
    public static bool TryRead(ReadOnlySpan<byte> content, [NotNullWhen(true)] out ByteCodeHeader? header)
    {
        header = null;
        if (content.Length < Size || content[2] != '\r' || content[3] != '\n') return false;
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(content[4..]);
        if ((flags & ~(Hashed | CheckedSource)) != 0) return false;
        header = new ByteCodeHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(content), (flags & Hashed) != 0, (flags & CheckedSource) != 0,
            BinaryPrimitives.ReadUInt32LittleEndian(content[8..]), BinaryPrimitives.ReadUInt32LittleEndian(content[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(content[8..]));
        return true;
    }

    /// <summary>Whether time and size are those of a source.</summary>
    public bool Fits(long seconds, long size) => SourceTime == unchecked((uint)seconds) && SourceSize == unchecked((uint)size);

    /// <summary>Whether the hash is that of a source; the kind of SipHash changed with Python 3.11.</summary>
    public bool Fits(ReadOnlySpan<byte> source) =>
        SourceHash == SipHash.Of(source, Magic, 0, 1, 3) || SourceHash == SipHash.Of(source, Magic, 0, 2, 4);
}
