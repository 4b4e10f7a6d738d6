namespace Sandpiper.Interpreters;

/// <summary>There is no Python to install for, or the one that was named cannot be used.</summary>
/// <param name="path">The interpreter in question, or null when none was found at all.</param>
public sealed class InterpreterException(string? path, string because) : Exception(path is null ? because : $"{because}: {path}")
{
    public string? Path { get; } = path;

    /// <summary>In words, without the path.</summary>
    public string Because { get; } = because;
}
