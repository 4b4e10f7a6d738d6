using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution;

/// <summary>Why a release cannot be chosen, so told that it completes a sentence which begins with the release's name.</summary>
/// <param name="One">Behind one version: <c>has no wheel for this interpreter</c>.</param>
/// <param name="Many">Behind several: <c>have no wheel for this interpreter</c>.</param>
internal sealed record Obstacle(string One, string Many)
{
    public ObstacleKind Kind { get; init; }

    /// <summary>The package that stands in the way, where it is another one.</summary>
    public PackageName? On { get; init; }

    /// <summary>Where the search ended that began with this release.</summary>
    public DeadEnd? Behind { get; init; }
}

/// <summary>What an <see cref="Obstacle"/> is about, where a hint or a further sentence depends on it.</summary>
internal enum ObstacleKind
{
    Other,
    NeedsBuilding,
    TooNew,
}
