namespace Sandpiper.Environments.Interpreters;

/// <summary>There is no interpreter to use, or it did not answer as one does.</summary>
public sealed class InterpreterException(string? path, string because) : Exception(path is null ? because : $"{because}: {path}")
{
    /// <summary>Which; null when none was found at all.</summary>
    public string? Path { get; } = path;

    public string Because { get; } = because;
}
