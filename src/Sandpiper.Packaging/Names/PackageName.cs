using System.Buffers;
using System.Text;

namespace Sandpiper.Packaging.Names;

/// <summary>A project name, normalised on entry so that two spellings cannot meet (PyPA "Names and normalization").</summary>
/// <remarks>
/// Equal and ordered by the normal form. <see cref="Original"/> is what was written. The names of extras follow the same rules (PEP 685).
/// The default value is harmless and equals no parsed name.
/// </remarks>
public readonly struct PackageName : IEquatable<PackageName>, IComparable<PackageName>
{
    // The standard sets no bound. A wheel's file name starts with the project's name, and no file system takes one beyond 255 bytes.
    private const int MaxLength = 200;

    private static readonly SearchValues<char> NotNormal = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_.");

    private readonly string? _normalized;
    private readonly string? _original;

    private PackageName(string normalized, string original) => (_normalized, _original) = (normalized, original);

    /// <summary>Lower case, runs of <c>-_.</c> as one <c>-</c>.</summary>
    public string Normalized => _normalized ?? "";

    /// <summary>As written.</summary>
    public string Original => _original ?? "";

    /// <summary>The normal form with <c>_</c> for <c>-</c>, as file names carry it (PEP 427, PEP 625).</summary>
    public string Escaped => Normalized.Replace('-', '_');

    /// <exception cref="FormatException">Not a name; the message says where and why.</exception>
    public static PackageName Parse(string text) =>
        TryParse(text, out var name, out var problem) ? name : throw new FormatException($"{problem}");

    /// <summary>Reads a name and nothing else: white space around it is a problem, too.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PackageName name, out ParseProblem problem)
    {
        name = default;
        if (!TryValidate(text, out problem)) return false;
        string original = text.ToString(), normal = IsNormal(original) ? original : Normalize(original);   // one text is enough
        name = new PackageName(normal, original);
        return true;
    }

    /// <param name="likely">Which it most likely is: then the text is compared, and not read.</param>
    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out PackageName, out ParseProblem)"/>
    internal static bool TryParse(ReadOnlySpan<char> text, PackageName likely, out PackageName name, out ParseProblem problem)
    {
        if (likely._original is not { } known || !text.Equals(known, StringComparison.Ordinal))
            return TryParse(text, out name, out problem);
        (name, problem) = (likely, default);
        return true;
    }

    public int CompareTo(PackageName other) => string.CompareOrdinal(Normalized, other.Normalized);

    public bool Equals(PackageName other) => string.Equals(Normalized, other.Normalized, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is PackageName other && Equals(other);

    public override int GetHashCode() => Normalized.GetHashCode(StringComparison.Ordinal);

    /// <summary>The normal form.</summary>
    public override string ToString() => Normalized;

    public static bool operator ==(PackageName left, PackageName right) => left.Equals(right);

    public static bool operator !=(PackageName left, PackageName right) => !left.Equals(right);

    /// <summary>Lower-cases ASCII letters and joins runs of separators, in any text: what a marker compares need not be a name.</summary>
    internal static string Normalize(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!IsSeparator(c)) normal.Append(char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);
            else if (normal.Length == 0 || normal[^1] != '-') normal.Append('-');
        }
        return normal.ToString();
    }

    private static bool IsNormal(ReadOnlySpan<char> name) =>
        !name.ContainsAny(NotNormal) && !name.Contains("--", StringComparison.Ordinal);

    internal static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || IsSeparator(c);

    // ASCII only: the Kelvin sign lower-cases to "k", and two projects would become one.
    private static bool TryValidate(ReadOnlySpan<char> text, out ParseProblem problem)
    {
        problem = default;
        if (text.Length > MaxLength) problem = new ParseProblem(MaxLength, $"a name of at most {MaxLength} characters");
        else if (text.IsEmpty || !char.IsAsciiLetterOrDigit(text[0])) problem = new ParseProblem(0, "a letter or digit");
        else if (!char.IsAsciiLetterOrDigit(text[^1]))
            problem = new ParseProblem(text.Length - 1, "a letter or digit at the end of a name");
        else
        {
            for (int i = 0; i < text.Length; i++)
            {
                if (IsNameCharacter(text[i])) continue;
                problem = new ParseProblem(i, "a letter, a digit, '-', '_' or '.'");
                break;
            }
        }
        return problem == default;
    }

    private static bool IsSeparator(char c) => c is '-' or '_' or '.';
}
