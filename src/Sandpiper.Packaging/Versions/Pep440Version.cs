using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Packaging.Versions;

/// <summary>A Python version, such as <c>1!2.0rc1.post2.dev3+local.4</c> (PyPA "Version specifiers").</summary>
/// <remarks>
/// Equal and ordered as the standard orders: <c>1.0</c> equals <c>1.0.0</c>, and <c>1.0.dev1</c> precedes <c>1.0a1</c>.
/// <see cref="ToString"/> gives the normal form, <see cref="Original"/> what was published. The default value is version <c>0</c>.
/// One reference in size; comparing allocates nothing.
/// </remarks>
public readonly struct Pep440Version : IEquatable<Pep440Version>, IComparable<Pep440Version>
{
    private static readonly VersionKey Zero = new() { Release = [0] };

    private readonly VersionKey? _key;      // parsed once, compared thousands of times
    private readonly string? _original;

    internal Pep440Version(VersionKey key, string original) => (_key, _original) = (key, original);

    /// <summary>As published; surrounding white space removed, nothing else.</summary>
    public string Original => _original ?? "0";

    public ulong Epoch => Key.Epoch;

    /// <summary>The numbers between the dots as written, trailing zeros included; at least one.</summary>
    public ImmutableArray<ulong> Release => Key.Release;

    /// <summary>It has an alpha, beta, candidate or development part.</summary>
    public bool IsPrerelease => Key.IsPrerelease;

    public bool IsPostrelease => Key.Post is not null;

    public bool IsDevrelease => Key.Dev is not null;

    public bool HasLocal => !Key.Local.IsEmpty;

    internal VersionKey Key => _key ?? Zero;

    /// <exception cref="FormatException">Not a version; the message names the first character that does not fit.</exception>
    public static Pep440Version Parse(string text) =>
        TryParse(text, out var version, out var problem) ? version : throw new FormatException($"{problem}");

    /// <summary>Reads a version; white space around it and a <c>v</c> before it are allowed (PEP 440, "Normalization").</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Pep440Version version, out ParseProblem problem) =>
        TryParse(text, whole: null, out version, out problem);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Pep440Version, out ParseProblem)"/>
    public static bool TryParse(string? text, out Pep440Version version, out ParseProblem problem) =>
        TryParse(text, text, out version, out problem);

    private static bool TryParse(ReadOnlySpan<char> text, string? whole, out Pep440Version version, out ParseProblem problem)
    {
        var fromStart = text.TrimStart();
        var trimmed = fromStart.TrimEnd();
        if (VersionGrammar.TryParse(trimmed, out var key, out problem))
        {
            version = new Pep440Version(key, whole?.Length == trimmed.Length ? whole : trimmed.ToString());
            return true;
        }
        version = default;
        problem = problem with { Position = problem.Position + text.Length - fromStart.Length };
        return false;
    }

    /// <param name="likely">Which it most likely is: then the text is compared, and not read.</param>
    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Pep440Version, out ParseProblem)"/>
    internal static bool TryParse(ReadOnlySpan<char> text, Pep440Version likely, out Pep440Version version, out ParseProblem problem)
    {
        if (likely._original is not { } known || !text.Equals(known, StringComparison.Ordinal))
            return TryParse(text, out version, out problem);
        (version, problem) = (likely, default);
        return true;
    }

    /// <summary>The same version without its local part.</summary>
    public Pep440Version WithoutLocal() => HasLocal ? Of(Key with { Local = [] }) : this;

    public int CompareTo(Pep440Version other) => Key.CompareTo(other.Key);

    public bool Equals(Pep440Version other) => Key.Equals(other.Key);

    public override bool Equals(object? obj) => obj is Pep440Version other && Equals(other);

    public override int GetHashCode() => Key.GetHashCode();

    /// <summary>The normal form.</summary>
    public override string ToString() => IsNormal(_original) ? _original : Key.ToString();

    // Most are published as they are written in their normal form: numbers without zeros in front, and dots between them.
    private static bool IsNormal([NotNullWhen(true)] string? version)
    {
        if (version is null) return false;
        bool begins = true;
        for (int i = 0; i < version.Length; i++)
        {
            char one = version[i];
            if (one == '.') begins = true;
            else if (!char.IsAsciiDigit(one) || (begins && one == '0' && i + 1 < version.Length && version[i + 1] != '.')) return false;
            else begins = false;
        }
        return true;
    }

    public static bool operator ==(Pep440Version left, Pep440Version right) => left.Equals(right);

    public static bool operator !=(Pep440Version left, Pep440Version right) => !left.Equals(right);

    public static bool operator <(Pep440Version left, Pep440Version right) => left.CompareTo(right) < 0;

    public static bool operator >(Pep440Version left, Pep440Version right) => left.CompareTo(right) > 0;

    public static bool operator <=(Pep440Version left, Pep440Version right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Pep440Version left, Pep440Version right) => left.CompareTo(right) >= 0;

    internal static Pep440Version Of(VersionKey key) => new(key, key.ToString());
}
