using Sandpiper.Environments.Generations;

namespace Sandpiper.Environments.Verifying;

/// <summary>How something differs from what was installed.</summary>
public enum FindingKind
{
    /// <summary>Other content, size, time of change or link target.</summary>
    Changed,

    /// <summary>Gone.</summary>
    Missing,

    /// <summary>Nobody put it there.</summary>
    Added,

    /// <summary>Other permissions: writable again, say.</summary>
    Mode,
}

/// <summary>One difference between an environment and what was installed into it.</summary>
/// <param name="Path">Below the environment's directory.</param>
/// <param name="Owner">The package whose file it is; null for files of nobody and of the environment itself.</param>
/// <param name="RunsAtStart">It would run, or steer, every start of the environment's Python.</param>
public sealed record Finding(FindingKind Kind, string Path, InstalledPackage? Owner, bool RunsAtStart);
