namespace Sandpiper.Packaging.Names;

/// <summary>The SHA-256 of an artifact or file: how everything here is known by content.</summary>
public readonly struct Sha256Digest : IEquatable<Sha256Digest>, IComparable<Sha256Digest>
{
    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Hex => throw new NotImplementedException();

    /// <summary>URL-safe base64 without padding, as RECORD writes it (PEP 427).</summary>
    public string ToRecordForm() => throw new NotImplementedException();

    public static Sha256Digest FromBytes(ReadOnlySpan<byte> digest) => throw new NotImplementedException();

    public static Sha256Digest Of(ReadOnlySpan<byte> content) => throw new NotImplementedException();

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> text, out Sha256Digest digest) => throw new NotImplementedException();

    /// <summary>Reads RECORD's form: 43 characters of URL-safe base64 (padding tolerated).</summary>
    public static bool TryParseRecordForm(ReadOnlySpan<char> text, out Sha256Digest digest) => throw new NotImplementedException();

    public int CompareTo(Sha256Digest other) => throw new NotImplementedException();

    public bool Equals(Sha256Digest other) => throw new NotImplementedException();

    public override bool Equals(object? obj) => obj is Sha256Digest other && Equals(other);

    public override int GetHashCode() => throw new NotImplementedException();

    /// <summary>Same as <see cref="Hex"/>.</summary>
    public override string ToString() => Hex;

    public static bool operator ==(Sha256Digest left, Sha256Digest right) => left.Equals(right);

    public static bool operator !=(Sha256Digest left, Sha256Digest right) => !left.Equals(right);
}
