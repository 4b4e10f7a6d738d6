namespace Sandpiper.Kernel.Files;

/// <summary>The disk is full, read-only, or not ours. What was begun has been removed again.</summary>
public sealed class UnwritableException(string path, Exception cause) : Exception($"{cause.Message}: {path}", cause)
{
    /// <summary>The directory that was being written.</summary>
    public string Path { get; } = path;

    /// <summary>What the system said.</summary>
    public string Because { get; } = cause.Message;
}
