namespace Sandpiper.Policies;

/// <summary>The record of what the user allowed cannot be read, so nothing counts as allowed.</summary>
public sealed class WaiverFileDamagedException(string file, int line, string because) : Exception($"{because}: {file}, line {line}")
{
    public string File { get; } = file;

    /// <summary>Counted from 1.</summary>
    public int Line { get; } = line;

    public string Because { get; } = because;
}
