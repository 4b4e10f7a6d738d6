using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution;

/// <summary>Somebody asks for a package, or limits it.</summary>
/// <param name="Requirement">What is asked for.</param>
/// <param name="By">The package that asks, in the version chosen; null: the user.</param>
/// <param name="Levels">The decisions without which nobody would ask; none for the user's own words.</param>
/// <param name="IsLimit">A constraint: it asks for nothing by itself.</param>
/// <param name="Source">Of the user's line; empty otherwise.</param>
internal sealed record Demand(
    Requirement Requirement, (PackageName Name, Pep440Version Version)? By, BitSet Levels, bool IsLimit, string Source)
{
    public static Demand OfUser(RequirementLine line) => new(line.Requirement, By: null, new BitSet(), line.IsConstraint, line.Source);

    public bool IsExact => Requirement.Specifiers.Clauses.Any(clause => clause.IsExact);

    /// <summary>Without its marker: <c>six[a]&gt;=1</c>.</summary>
    public string Bare => (Requirement with { Marker = null }).ToString();

    /// <summary><c>you asked for six&gt;=1 (requirements.txt:3)</c>, <c>tide 1.0 needs pebble&gt;=1</c>.</summary>
    public string Words => By is { } by
        ? $"{by.Name} {by.Version} needs {Bare}"
        : $"you {(IsLimit ? "limited it to" : "asked for")} {Bare}{Place}";

    private string Place => Source.Length == 0 ? "" : $" ({Source})";
}
