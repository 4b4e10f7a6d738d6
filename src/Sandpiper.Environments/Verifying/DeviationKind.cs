namespace Sandpiper.Environments.Verifying;

/// <summary>How something differs from what was installed.</summary>
public enum DeviationKind
{
    /// <summary>Other content, size, time of change or link target; or no longer a file, directory or link.</summary>
    Changed,

    /// <summary>Gone. Of a directory that is gone only the directory is named.</summary>
    Missing,

    /// <summary>Nobody put it there. Of a directory that was added only the directory is named.</summary>
    Added,

    /// <summary>Other permissions: writable again, say.</summary>
    Mode,
}
