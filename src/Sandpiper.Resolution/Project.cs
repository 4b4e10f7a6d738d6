using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Resolution;

/// <summary>One project's page, looked at with one interpreter and one user's words in mind.</summary>
/// <remarks>File names are taken apart once, wheels of a version are ranked only when that version is looked at: a page can have 5,000 files.</remarks>
internal sealed class Project
{
    private readonly ResolutionProblem _problem;
    private readonly ImmutableArray<Sha256Digest> _hashes;
    private readonly SortedDictionary<Pep440Version, List<(WheelFileName Wheel, IndexFile File)>> _wheels;
    private readonly ConcurrentDictionary<Pep440Version, Verdict> _verdicts = new();
    private readonly HashSet<Pep440Version> _sdistOnly = [];

    public Project(PackageName name, ProjectPage? page, ResolutionProblem problem)
    {
        (Name, _problem, Page) = (name, problem, page);
        _hashes = [.. problem.Lines.Where(l => l.Requirement.Name == name).SelectMany(l => l.Hashes)];
        _wheels = new(Comparer<Pep440Version>.Create((a, b) => b.CompareTo(a)));
        foreach (IndexFile file in page?.Files ?? [])
        {
            if (file.FileName.EndsWith(".whl", StringComparison.Ordinal))
            {
                if (!WheelFileName.TryParse(file.FileName, out WheelFileName? wheel, out _) || wheel.Name != name) continue;
                if (!_wheels.TryGetValue(wheel.Version, out var list)) _wheels.Add(wheel.Version, list = []);
                list.Add((wheel, file));
            }
            else if (SdistFileName.TryParse(file.FileName, name, out SdistFileName? sdist)) _sdistOnly.Add(sdist.Version);
        }
        _sdistOnly.ExceptWith(_wheels.Keys);
        Versions = [.. _wheels.Keys];
    }

    public PackageName Name { get; }

    /// <summary>Null: no index has the name.</summary>
    public ProjectPage? Page { get; }

    /// <summary>Versions that have a wheel of some kind, newest first.</summary>
    public ImmutableArray<Pep440Version> Versions { get; }

    /// <summary>Versions that only have a source distribution.</summary>
    public IReadOnlySet<Pep440Version> SdistOnly => _sdistOnly;

    /// <summary>The wheel to take of this version, or why none of it can be taken.</summary>
    public Verdict Judge(Pep440Version version) => _verdicts.GetOrAdd(version, JudgeNow);

    private Verdict JudgeNow(Pep440Version version)
    {
        Candidate? best = null;
        (int Rank, BuildTag Build) bestKey = (int.MaxValue, default);
        string because = $"{Name} {version} has no wheel for this interpreter";
        foreach ((WheelFileName wheel, IndexFile file) in _wheels[version])
        {
            if (_problem.Tags.Rank(wheel.Tags) is not { } rank) continue;
            if (WhyNot(version, file) is { } reason)
            {
                because = reason;
                continue;
            }
            bool better = best is null || rank < bestKey.Rank || (rank == bestKey.Rank && wheel.Build.CompareTo(bestKey.Build) > 0);
            if (better) (best, bestKey) = (new Candidate(wheel, file), (rank, wheel.Build));
        }
        return best is null ? new Verdict(null, because) : new Verdict(best, null);
    }

    private string? WhyNot(Pep440Version version, IndexFile file)
    {
        if (file.RequiresPython is { } text && SpecifierSet.TryParse(text, out SpecifierSet? requires, out _) && !AcceptsPython(requires)) return $"{Name} {version} needs Python {text}";
        if (_problem.ExcludeNewer is { } limit)
        {
            if (file.UploadTime is not { } uploaded) return $"the index does not say when {Name} {version} was uploaded";
            if (uploaded > limit) return $"{Name} {version} was uploaded on {uploaded:yyyy-MM-dd}, after the limit you set";
        }
        if (file.YankedReason is { } yanked && !IsPinnedByUser(version)) return $"{Name} {version} was yanked{(yanked.Length > 0 ? $" ({yanked})" : "")}";
        if (!_hashes.IsEmpty && (file.Sha256 is not { } digest || !_hashes.Contains(digest))) return $"no wheel of {Name} {version} has a hash that you named";
        return null;
    }

    private bool AcceptsPython(SpecifierSet requires) =>
        !Pep440Version.TryParse(_problem.Environment.PythonFullVersion.TrimEnd('+'), out Pep440Version python, out _) || requires.Contains(python);

    private bool IsPinnedByUser(Pep440Version version) =>
        _problem.Lines.Any(l => l.Requirement.Name == Name && l.Requirement.Specifiers.Clauses.Any(c => c.IsExact && c.Contains(version)));
}

/// <summary>A wheel to take, or why there is none.</summary>
internal readonly record struct Verdict(Candidate? Candidate, string? Because);
