using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Operations;

/// <summary>What the user asks of one package, all his lines together, as it is recorded and holds at later installs.</summary>
internal static class UserRequirement
{
    /// <summary>All limits and all extras of lines that name one package, as one requirement without a marker.</summary>
    /// <param name="earlier">What was recorded before, whose extras stay; null: nothing.</param>
    public static Requirement Of(IReadOnlyList<Requirement> lines, Requirement? earlier) => new(
        lines[0].Name,
        // Those of now are never too many to be read again; with the earlier ones they may be.
        [.. lines.SelectMany(line => line.Extras).Concat(earlier?.Extras ?? []).Distinct().Take(Requirement.MaxExtras)],
        SpecifierSet.Of(lines.SelectMany(line => line.Specifiers.Clauses)),
        Url: null,
        Marker: null);

    /// <summary>The same extras of the same package, in any version.</summary>
    public static Requirement ExtrasOf(Requirement requirement) => requirement with { Specifiers = SpecifierSet.Any, Marker = null };
}
