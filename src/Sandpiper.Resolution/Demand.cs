using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>What somebody asks, and when it is asked no more.</summary>
/// <param name="Ask">Of whom, by whom.</param>
/// <param name="Levels">The decisions without which nobody would ask; none for the user's own words.</param>
internal sealed record Demand(Ask Ask, BitSet Levels)
{
    public static Demand OfUser(RequirementLine line) =>
        new(new Ask(Bare(line.Requirement), By: null, line.IsConstraint, line.Source), new BitSet());

    public static Demand OfRelease(PackageName name, Pep440Version version, Requirement need, BitSet levels) =>
        new(new Ask(Bare(need), (name, version), IsLimit: false, Source: ""), levels);

    public Requirement Requirement => Ask.Requirement;

    public bool IsLimit => Ask.IsLimit;

    public bool IsExact { get; } = Ask.Requirement.Specifiers.Clauses.Any(clause => clause.IsExact);

    // It applies, or nobody would ask.
    private static Requirement Bare(Requirement requirement) =>
        requirement.Marker is null ? requirement : requirement with { Marker = null };
}
