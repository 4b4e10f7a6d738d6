using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Requirements;

/// <summary>What a user or a package asks for: <c>name[extra] &gt;=1 ; marker</c> (PyPA "Dependency specifiers").</summary>
/// <remarks>Equal when all parts are; the order of extras and of clauses does not count.</remarks>
/// <param name="Name">The project.</param>
/// <param name="Extras">Requested extras, normalised like names, each once.</param>
/// <param name="Specifiers">The versions that are meant; empty when <paramref name="Url"/> is set.</param>
/// <param name="Url">A direct reference (<c>name @ URL</c>) as written, or null. Not checked: it may have any scheme,
/// and may hold credentials.</param>
/// <param name="Marker">When it applies; null: always.</param>
public sealed record Requirement(PackageName Name, ImmutableArray<PackageName> Extras, SpecifierSet Specifiers, string? Url, Marker? Marker)
{
    /// <summary>Extras that are read of one requirement.</summary>
    public const int MaxExtras = 100;

    /// <exception cref="FormatException">Not a requirement; the message says where.</exception>
    public static Requirement Parse(string text) =>
        TryParse(text, out var requirement, out var problem) ? requirement : throw new FormatException($"{problem}");

    /// <summary>Reads one requirement to the letter of the standard.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Requirement? requirement, out ParseProblem problem) =>
        RequirementGrammar.TryParse(text, repairs: null, out requirement, out problem);

    /// <summary>
    /// Reads the <c>Requires-Dist</c> of metadata that is already published and broken in a known way; see
    /// <see cref="SpecifierSet.TryParseRepaired"/>. <paramref name="repairs"/> says what was changed; it is
    /// empty for what the standard allows.
    /// </summary>
    public static bool TryParseRepaired(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out Requirement? requirement, out ImmutableArray<string> repairs,
        out ParseProblem problem)
    {
        var made = new List<string>();
        bool parsed = RequirementGrammar.TryParse(text, made, out requirement, out problem);
        repairs = parsed ? [.. made] : [];
        return parsed;
    }

    public bool Equals(Requirement? other) => other is not null && Name == other.Name && Specifiers.Equals(other.Specifiers)
        && string.Equals(Url, other.Url, StringComparison.Ordinal) && Equals(Marker, other.Marker)
        && Extras.Length == other.Extras.Length && Extras.ToHashSet().SetEquals(other.Extras);

    public override int GetHashCode() => HashCode.Combine(Name, Extras.Length, Specifiers, Url, Marker);

    /// <summary>A text that reads back as this requirement, the name as it was written.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name.Original);
        if (!Extras.IsEmpty) text.Append('[').AppendJoin(',', Extras).Append(']');
        text.Append(Specifiers);
        if (Url is not null) text.Append(" @ ").Append(Url);
        if (Marker is not null) text.Append(Url is null ? "; " : " ; ").Append(Marker);     // a URL ends at white space only
        return text.ToString();
    }
}
