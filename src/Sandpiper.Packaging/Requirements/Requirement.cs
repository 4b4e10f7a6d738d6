using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Requirements;

/// <summary>What a user or a package asks for: <c>name[extra] &gt;=1 ; marker</c> (PyPA "Dependency specifiers").</summary>
/// <param name="Name">The project.</param>
/// <param name="Extras">Requested extras, normalised like names, in the order of first mention.</param>
/// <param name="Specifiers">The versions that are meant; empty when <paramref name="Url"/> is set.</param>
/// <param name="Url">A direct reference (<c>name @ URL</c>), or null.</param>
/// <param name="Marker">When it applies; null: always.</param>
public sealed record Requirement(PackageName Name, ImmutableArray<PackageName> Extras, SpecifierSet Specifiers, string? Url, Marker? Marker)
{
    /// <summary>The longest text that is looked at, in characters.</summary>
    public const int MaxLength = 65_536;

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Requirement? requirement, out ParseProblem problem) =>
        RequirementGrammar.TryParse(text, out requirement, out problem);

    /// <summary>
    /// Reads what published metadata really holds: first by the grammar, then with the few repairs that pip and uv make too.
    /// </summary>
    /// <param name="repair">What was repaired, in words; null when the text follows the grammar.</param>
    public static bool TryParseRepaired(ReadOnlySpan<char> text, [NotNullWhen(true)] out Requirement? requirement, out string? repair, out ParseProblem problem)
    {
        repair = null;
        if (TryParse(text, out requirement, out problem)) return true;
        if (text.Length > MaxLength || !RequirementRepair.TryRepair(text, out string? repaired) || !TryParse(repaired, out requirement, out _)) return false;
        repair = $"`{text}` was read as `{repaired}`";
        return true;
    }

    /// <exception cref="FormatException">Not a requirement.</exception>
    public static Requirement Parse(string text) =>
        TryParse(text, out Requirement? requirement, out ParseProblem problem) ? requirement : throw new FormatException($"`{text}`: {problem}");

    public override string ToString()
    {
        var text = new StringBuilder(Name.Original);
        if (!Extras.IsEmpty) text.Append('[').AppendJoin(',', Extras).Append(']');
        if (Url is not null) text.Append(" @ ").Append(Url);
        else text.Append(Specifiers);
        if (Marker is not null) text.Append(Url is null ? "; " : " ; ").Append(Marker);
        return text.ToString();
    }
}
