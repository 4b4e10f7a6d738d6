using System.Collections.Immutable;
using System.CommandLine;

namespace Sandpiper.Commands;

/// <summary>A command whose help begins with realistic examples, because that is what people copy.</summary>
/// <param name="name">One verb.</param>
/// <param name="summary">One line for the list of commands.</param>
/// <param name="examples">Whole command lines, each with what it does.</param>
/// <param name="notes">What a person should know before relying on it; paragraphs.</param>
internal sealed class TaughtCommand(string name, string summary, ImmutableArray<Example> examples, ImmutableArray<string> notes)
    : Command(name, summary)
{
    public ImmutableArray<Example> Examples { get; } = examples;

    public ImmutableArray<string> Notes { get; } = notes;

    /// <summary>It answers <c>--json</c> with an object; what only starts a program or prints a text has none.</summary>
    public bool HasJson { get; init; } = true;
}

/// <param name="Line">A command line, to copy.</param>
/// <param name="Does">What it does, in a few words.</param>
internal sealed record Example(string Line, string Does);
