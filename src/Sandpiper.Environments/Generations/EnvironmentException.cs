namespace Sandpiper.Environments.Generations;

/// <summary>An environment that cannot be used as it is; nothing was changed.</summary>
public sealed class EnvironmentException(string because) : Exception(because)
{
    public string Because { get; } = because;

    /// <summary>It is where it lies: elsewhere it could be used.</summary>
    public bool IsOfPlace { get; init; }
}
