using System.Collections.Immutable;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Resolution;

/// <summary>Everything that decides a resolution; the same problem has the same solution.</summary>
public sealed record ResolutionProblem
{
    /// <summary>What was asked for, constraints among it.</summary>
    public required ImmutableArray<RequirementLine> Lines { get; init; }

    /// <summary>What is installed already and kept unless it does not fit: name to version.</summary>
    public ImmutableDictionary<PackageName, Pep440Version> Preferred { get; init; } = ImmutableDictionary<PackageName, Pep440Version>.Empty;

    public required MarkerEnvironment Environment { get; init; }
    public required SupportedTags Tags { get; init; }

    /// <summary>False: <c>--no-deps</c>.</summary>
    public bool FollowDependencies { get; init; } = true;

    /// <summary>True: <c>--pre</c>; null: the standard's rule.</summary>
    public bool? Prereleases { get; init; }

    /// <summary>Releases uploaded after this moment are not considered; null: all are.</summary>
    public DateTimeOffset? ExcludeNewer { get; init; }

    /// <summary>Every artifact must have a hash that the user gave.</summary>
    public bool RequireHashes { get; init; }
}

/// <summary>One package of a solution.</summary>
/// <param name="Wheel">The file's name, taken apart.</param>
/// <param name="File">The file that the index offers.</param>
/// <param name="Expected">Digests one of which the file must have: the user's where he gave any, else the index's.</param>
/// <param name="Metadata">What was resolved on; the wheel's own METADATA must say the same.</param>
/// <param name="Extras">Extras that somebody asked for.</param>
/// <param name="RequiredBy">Why it is here: names of packages, or none when only the user asked.</param>
/// <param name="IsRequested">The user asked for it by name.</param>
/// <param name="Notes">What a person should hear: a yanked version that was pinned, an extra that does not exist.</param>
public sealed record Pin(
    WheelFileName Wheel,
    IndexFile File,
    ImmutableArray<Sha256Digest> Expected,
    CoreMetadata Metadata,
    ImmutableArray<PackageName> Extras,
    ImmutableArray<PackageName> RequiredBy,
    bool IsRequested,
    ImmutableArray<string> Notes)
{
    public PackageName Name => Wheel.Name;

    public Pep440Version Version => Wheel.Version;
}

/// <summary>Pins that satisfy the problem, or why none do.</summary>
public abstract record ResolutionResult
{
    private ResolutionResult() { }

    /// <param name="Pins">Ordered by name.</param>
    public sealed record Solved(ImmutableArray<Pin> Pins) : ResolutionResult;

    /// <param name="Package">The package for which nothing fits.</param>
    /// <param name="Because">Sentences, each a fact: who asked for what, and why each candidate fell away.</param>
    /// <param name="Hints">Commands that would change the answer.</param>
    public sealed record Unsolvable(PackageName Package, ImmutableArray<string> Because, ImmutableArray<string> Hints) : ResolutionResult;
}

/// <summary>Chooses one version of every package: newest first, taking back a choice that leads nowhere.</summary>
public sealed class Resolver(IPackageIndex index)
{
    /// <exception cref="IndexException">The index failed.</exception>
    public Task<ResolutionResult> SolveAsync(ResolutionProblem problem, IProgress<int>? packagesSoFar, CancellationToken cancel) =>
        throw new NotImplementedException(index.ToString());
}
