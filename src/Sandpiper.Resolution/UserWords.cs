using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>What the user's own lines say about one package beyond its versions.</summary>
/// <param name="Requirements">Those that apply here.</param>
/// <param name="Hashes">Null: none were given. Empty: lines contradict each other, and no file will do.</param>
internal sealed record UserWords(ImmutableArray<Requirement> Requirements, ImmutableHashSet<Sha256Digest>? Hashes)
{
    /// <summary>By package; of one without lines they say nothing.</summary>
    public static ILookup<PackageName, RequirementLine> LinesByName(ResolutionProblem problem) => problem.Lines
        .Where(line => Applies(line, problem) == MarkerResult.True).ToLookup(line => line.Requirement.Name);

    public static UserWords Of(IEnumerable<RequirementLine> applying)
    {
        RequirementLine[] lines = [.. applying];
        // Each line with hashes must be obeyed: a file has to be named by all of them.
        ImmutableHashSet<Sha256Digest>? hashes = null;
        foreach (RequirementLine line in lines.Where(line => !line.Hashes.IsEmpty))
            hashes = hashes?.Intersect(line.Hashes) ?? [.. line.Hashes];
        return new([.. lines.Select(line => line.Requirement)], hashes);
    }

    /// <summary>The user asked for this very version (<c>==</c> or <c>===</c>), so he gets it although it was yanked.</summary>
    public bool NameExactly(Pep440Version version) =>
        Requirements.Any(requirement => requirement.Specifiers.Clauses.Any(clause => clause.IsExact && clause.Contains(version)));

    /// <summary>Whether a version is within all of his lines.</summary>
    public bool Allow(Pep440Version version) => Requirements.All(requirement => requirement.Specifiers.Contains(version));

    public static MarkerResult Applies(RequirementLine line, ResolutionProblem problem) =>
        line.Requirement.Marker?.Evaluate(problem.Environment, []) ?? MarkerResult.True;
}
