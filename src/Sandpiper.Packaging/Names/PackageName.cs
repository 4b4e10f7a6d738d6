namespace Sandpiper.Packaging.Names;

/// <summary>A project name, normalised on entry so that two spellings cannot meet (PyPA "Names and normalization").</summary>
/// <remarks>Equal and ordered by the normal form. <see cref="Original"/> is what was written. The default value is harmless and equals no parsed name.</remarks>
public readonly struct PackageName : IEquatable<PackageName>, IComparable<PackageName>
{
    private readonly string? _normalized;
    private readonly string? _original;

    private PackageName(string normalized, string original) => (_normalized, _original) = (normalized, original);

    /// <summary>Lower case, runs of <c>-_.</c> as one <c>-</c>.</summary>
    public string Normalized => _normalized ?? "";

    /// <summary>As written.</summary>
    public string Original => _original ?? "";

    /// <summary>The normal form with <c>_</c> for <c>-</c>, as file names carry it (PEP 427, PEP 625).</summary>
    public string Escaped => Normalized.Replace('-', '_');

    public static bool TryParse(ReadOnlySpan<char> text, out PackageName name, out ParseProblem problem) => throw new NotImplementedException();

    /// <exception cref="FormatException">Not a name.</exception>
    public static PackageName Parse(string text) => throw new NotImplementedException();

    public int CompareTo(PackageName other) => string.CompareOrdinal(Normalized, other.Normalized);

    public bool Equals(PackageName other) => string.Equals(Normalized, other.Normalized, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is PackageName other && Equals(other);

    public override int GetHashCode() => Normalized.GetHashCode(StringComparison.Ordinal);

    /// <summary>The normal form.</summary>
    public override string ToString() => Normalized;

    public static bool operator ==(PackageName left, PackageName right) => left.Equals(right);

    public static bool operator !=(PackageName left, PackageName right) => !left.Equals(right);
}
