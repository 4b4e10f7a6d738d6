namespace Sandpiper.Environments.Generations;

/// <summary>An environment that cannot be used as it is; nothing was changed.</summary>
public sealed class EnvironmentException(string because) : Exception(because)
{
    public string Because { get; } = because;
}
