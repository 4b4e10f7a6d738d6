namespace Sandpiper.Sandbox.Remembered;

/// <summary>The record of what commands may do cannot be read: nothing is run on a part of it.</summary>
public sealed class GrantFileDamagedException(string file, int line, string because) : Exception($"{because}: {file}, line {line}")
{
    public string File { get; } = file;

    /// <summary>Counted from 1.</summary>
    public int Line { get; } = line;

    public string Because { get; } = because;
}
