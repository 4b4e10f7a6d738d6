namespace Sandpiper.Sandbox;

/// <summary>There is no sandbox to be had here; nothing was started. Exit code 4.</summary>
/// <param name="because">What is missing, in words.</param>
/// <param name="hint">One command or setting that helps, or null.</param>
public sealed class SandboxUnavailableException(string because, string? hint) : Exception(because)
{
    public string Because { get; } = because;

    public string? Hint { get; } = hint;
}
