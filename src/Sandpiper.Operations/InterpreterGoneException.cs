using System.Collections.Immutable;

namespace Sandpiper.Operations;

/// <summary>The interpreter of an environment is gone, and no other of its version can take its place. Nothing was changed.</summary>
/// <param name="environment">Its name.</param>
/// <param name="path">Where the interpreter was.</param>
/// <param name="version"><c>python3.11</c>.</param>
/// <param name="because">Why nothing took its place, in words.</param>
/// <param name="requested">What the user had asked for, in his words: to be asked for again, for another interpreter.</param>
public sealed class InterpreterGoneException(
    string environment, string path, string version, string because, ImmutableArray<string> requested) : Exception($"{because}: {path}")
{
    public string Environment { get; } = environment;

    public string Path { get; } = path;

    public string Version { get; } = version;

    public string Because { get; } = because;

    public ImmutableArray<string> Requested { get; } = requested;
}
