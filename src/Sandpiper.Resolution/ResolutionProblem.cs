using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Versions;

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
