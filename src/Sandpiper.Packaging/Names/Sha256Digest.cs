using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sandpiper.Packaging.Names;

/// <summary>The SHA-256 of an artifact or file: how everything here is known by content.</summary>
/// <remarks>
/// Thirty-two bytes by value; comparing allocates nothing. Ordered as its hexadecimal digits are. The default value is all zeros.
/// </remarks>
public readonly struct Sha256Digest : IEquatable<Sha256Digest>, IComparable<Sha256Digest>
{
    internal const int Size = SHA256.HashSizeInBytes;
    internal const int RecordFormLength = 43;   // 256 bits in base64, the padding left off

    private readonly ulong _first, _second, _third, _fourth;    // big endian, so that order is the order of the digits

    private Sha256Digest(ReadOnlySpan<byte> bytes)
    {
        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Hex
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            CopyTo(bytes);
            return Convert.ToHexStringLower(bytes);
        }
    }

    /// <summary>URL-safe base64 without padding, as RECORD writes it (PEP 427).</summary>
    public string ToRecordForm()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The same as 43 bytes of ASCII.</summary>
    internal void WriteRecordForm(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        Base64Url.EncodeToUtf8(bytes, destination);
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _fourth);
    }

    /// <param name="digest">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Sha256Digest FromBytes(ReadOnlySpan<byte> digest) => digest.Length == Size
        ? new Sha256Digest(digest)
        : throw new ArgumentException($"a SHA-256 has {Size} bytes, not {digest.Length}", nameof(digest));

    /// <summary>Hashes <paramref name="content"/>.</summary>
    public static Sha256Digest Of(ReadOnlySpan<byte> content)
    {
        if (!OpenSsl.IsWorthIt(content.Length)) return Sha256Sum.Of(content);
        Span<byte> bytes = stackalloc byte[Size];
        SHA256.HashData(content, bytes);
        return new Sha256Digest(bytes);
    }

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> text, out Sha256Digest digest)
    {
        digest = default;
        if (text.Length != 2 * Size) return false;
        Span<byte> bytes = stackalloc byte[Size];
        if (Convert.FromHexString(text, bytes, out _, out int written) != OperationStatus.Done || written != Size) return false;
        digest = new Sha256Digest(bytes);
        return true;
    }

    /// <summary>The same of UTF-8.</summary>
    public static bool TryParseHex(ReadOnlySpan<byte> text, out Sha256Digest digest)
    {
        digest = default;
        if (text.Length != 2 * Size) return false;
        Span<byte> bytes = stackalloc byte[Size];
        if (Convert.FromHexString(text, bytes, out _, out int written) != OperationStatus.Done || written != Size) return false;
        digest = new Sha256Digest(bytes);
        return true;
    }

    /// <summary>Reads RECORD's form: 43 characters of URL-safe base64 (one <c>=</c> of padding is tolerated).</summary>
    public static bool TryParseRecordForm(ReadOnlySpan<char> text, out Sha256Digest digest)
    {
        digest = default;
        if (text.Length == RecordFormLength + 1 && text[^1] == '=') text = text[..^1];
        // The library's decoder skips white space: a digest has one spelling here.
        if (text.Length != RecordFormLength || text.ContainsAny(" \t\r\n")) return false;
        Span<byte> bytes = stackalloc byte[Size];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out int written) != OperationStatus.Done || written != Size) return false;
        digest = new Sha256Digest(bytes);
        return true;
    }

    public int CompareTo(Sha256Digest other)
    {
        int order = _first.CompareTo(other._first);
        if (order == 0) order = _second.CompareTo(other._second);
        if (order == 0) order = _third.CompareTo(other._third);
        return order != 0 ? order : _fourth.CompareTo(other._fourth);
    }

    public bool Equals(Sha256Digest other) =>
        _first == other._first && _second == other._second && _third == other._third && _fourth == other._fourth;

    public override bool Equals(object? obj) => obj is Sha256Digest other && Equals(other);

    public override int GetHashCode() => _first.GetHashCode();  // already evenly spread

    /// <summary>Same as <see cref="Hex"/>.</summary>
    public override string ToString() => Hex;

    public static bool operator ==(Sha256Digest left, Sha256Digest right) => left.Equals(right);

    public static bool operator !=(Sha256Digest left, Sha256Digest right) => !left.Equals(right);
}
