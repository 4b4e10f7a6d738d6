namespace Sandpiper.Packaging.Versions;

/// <summary>A Python version, such as <c>1!2.0rc1.post2.dev3+local.4</c> (PyPA "Version specifiers").</summary>
/// <remarks>
/// Equal and ordered as the standard orders: <c>1.0</c> equals <c>1.0.0</c>, and <c>1.0.dev1</c> precedes <c>1.0a1</c>.
/// <see cref="ToString"/> gives the normal form, <see cref="Original"/> what was published. The default value is version <c>0</c>.
/// </remarks>
public readonly struct Pep440Version : IEquatable<Pep440Version>, IComparable<Pep440Version>
{
    private static readonly VersionParts Zero = new() { Release = [0] };

    private readonly string? _original;
    private readonly VersionParts? _parts;

    private Pep440Version(string original, VersionParts parts) => (_original, _parts) = (original, parts);

    /// <summary>As published; surrounding white space removed, nothing else.</summary>
    public string Original => _original ?? "0";

    /// <summary>An alpha, beta, candidate or development release.</summary>
    public bool IsPrerelease => Parts.Pre is not null || Parts.Dev is not null;

    public bool IsPostrelease => Parts.Post is not null;

    public bool IsDevrelease => Parts.Dev is not null;

    public bool HasLocal => !Parts.Local.IsEmpty;

    internal VersionParts Parts => _parts ?? Zero;

    public static bool TryParse(ReadOnlySpan<char> text, out Pep440Version version, out ParseProblem problem)
    {
        version = default;
        ReadOnlySpan<char> trimmed = text.Trim();
        if (!VersionGrammar.TryParse(trimmed, out VersionParts? parts, out problem)) return false;
        version = new Pep440Version(trimmed.ToString(), parts);
        return true;
    }

    /// <exception cref="FormatException">Not a version; the message says what was expected where.</exception>
    public static Pep440Version Parse(string text) =>
        TryParse(text, out Pep440Version version, out ParseProblem problem) ? version : throw new FormatException($"`{text}`: {problem}");

    /// <summary>The same version without its local segment.</summary>
    internal Pep440Version Public => HasLocal ? new Pep440Version(Original, Parts.WithoutLocal()) : this;

    public int CompareTo(Pep440Version other) => Parts.CompareTo(other.Parts);

    public bool Equals(Pep440Version other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => obj is Pep440Version other && Equals(other);

    public override int GetHashCode() => Parts.GetHashCode();

    /// <summary>The normal form.</summary>
    public override string ToString() => Parts.ToString();

    public static bool operator ==(Pep440Version left, Pep440Version right) => left.Equals(right);

    public static bool operator !=(Pep440Version left, Pep440Version right) => !left.Equals(right);

    public static bool operator <(Pep440Version left, Pep440Version right) => left.CompareTo(right) < 0;

    public static bool operator >(Pep440Version left, Pep440Version right) => left.CompareTo(right) > 0;

    public static bool operator <=(Pep440Version left, Pep440Version right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Pep440Version left, Pep440Version right) => left.CompareTo(right) >= 0;
}
