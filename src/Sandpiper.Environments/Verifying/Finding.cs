using Sandpiper.Environments.Generations;

namespace Sandpiper.Environments.Verifying;

/// <summary>One difference between an environment and what was installed into it.</summary>
/// <param name="Path">Below the environment's directory; below the data root where <see cref="InStore"/>.</param>
/// <param name="Owner">The package whose file it is; null for files of nobody and of the environment itself.</param>
/// <param name="RunsAtStart">It would run, or steer, every start of the environment's Python.</param>
public sealed record Finding(FindingKind Kind, string Path, InstalledPackage? Owner, bool RunsAtStart)
{
    /// <summary>It is the store that is damaged: every environment with this wheel is concerned, and none can be composed from it.</summary>
    public bool InStore { get; init; }

    /// <summary>When the kernel last saw the file changed, its permissions and names included; null for what is gone.</summary>
    public DateTimeOffset? ChangedAt { get; init; }
}
