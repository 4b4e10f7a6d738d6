namespace Sandpiper.Sandbox;

/// <summary>There is no sandbox to be had here; nothing was started. Exit code 4.</summary>
/// <param name="obstacle">What is in the way.</param>
/// <param name="subject">What it is about, as <see cref="SandboxObstacle"/> says; null where it says nothing.</param>
public sealed class SandboxUnavailableException(SandboxObstacle obstacle, string? subject = null) : Exception($"{obstacle}: {subject}")
{
    public SandboxObstacle Obstacle { get; } = obstacle;

    public string? Subject { get; } = subject;
}
