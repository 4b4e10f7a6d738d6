namespace Sandpiper.Auditing.Advisories;

/// <summary>A dump that cannot be read: nothing was compared with it.</summary>
public sealed class AdvisoryException(string path, string because) : Exception($"{because}: {path}")
{
    public string Path { get; } = path;

    /// <summary>In words, without the path.</summary>
    public string Because { get; } = because;
}
