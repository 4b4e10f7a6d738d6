using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>Says in facts why no version of one project fits.</summary>
internal static class Explaining
{
    private const int MaxFacts = 4;

    public static ImmutableArray<string> WhyNothingFits(Project project, ImmutableArray<Demand> demands, SearchState state, ResolutionProblem problem)
    {
        string asked = string.Join(", and ", demands.Select(d => d.Words(state)).Distinct(StringComparer.Ordinal).Take(MaxFacts));
        if (project.Page is null) return [$"there is no package `{project.Name}` in the index; {asked}"];
        if (string.Equals(project.Page.Status, "quarantined", StringComparison.Ordinal)) return [$"`{project.Name}` is quarantined by the index{(project.Page.StatusReason is { } reason ? $": {reason}" : "")}; {asked}"];
        if (problem.RequireHashes && !problem.Lines.Any(l => l.Requirement.Name == project.Name && !l.Hashes.IsEmpty)) return [$"hashes are required, and no line gives one for `{project.Name}`; {asked}"];

        var facts = ImmutableArray.CreateBuilder<string>();
        bool Wanted(Pep440Version version) => demands.All(d => d.Requirement.Specifiers.Contains(version));
        List<Pep440Version> wanted = [.. project.Versions.Where(Wanted)];
        List<Pep440Version> sdists = [.. project.SdistOnly.Where(Wanted).OrderDescending()];
        foreach (Pep440Version version in wanted.Where(v => project.Judge(v).Candidate is null).Take(MaxFacts)) facts.Add(project.Judge(version).Because!);
        if (sdists.Count > 0)
        {
            facts.Add($"{project.Name} {sdists[0]} has only a source distribution; building runs its code, which this release does not do");
            Pep440Version? newest = project.Versions.Where(v => project.Judge(v).Candidate is not null).Select(v => (Pep440Version?)v).FirstOrDefault();
            facts.Add(newest is { } version ? $"the newest version that has a wheel is {project.Name} {version}" : $"no version of {project.Name} has a wheel for this interpreter");
        }
        facts.Add(wanted.Count + sdists.Count == 0 ? $"{asked}; {Available(project)}" : asked);
        return facts.DrainToImmutable();
    }

    public static ImmutableArray<string> Hints(PackageName name) => [$"sandpiper install --dry-run {name}"];

    private static string Available(Project project)
    {
        if (project.Versions.IsEmpty) return project.SdistOnly.Count == 0 ? "the index lists no file of it" : "it has source distributions only";
        return project.Versions.Length == 1
            ? $"only {project.Versions[0]} has a wheel"
            : $"wheels there are from {project.Versions[^1]} to {project.Versions[0]}";
    }
}
