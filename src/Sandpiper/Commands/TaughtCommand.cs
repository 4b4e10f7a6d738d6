using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Commands;

/// <summary>A command whose help begins with realistic examples, because that is what people copy.</summary>
/// <param name="name">One verb.</param>
/// <param name="summary">One line for the list of commands.</param>
/// <param name="examples">Whole command lines, each with what it does.</param>
/// <param name="notes">What a person should know before relying on it; paragraphs.</param>
internal sealed class TaughtCommand(string name, string summary, ImmutableArray<Example> examples, ImmutableArray<string> notes)
    : Command(name, summary)
{
    private const int Needed = 3;       // of the pool: one that works, one that waits for sockets, one that watches over them

    public ImmutableArray<Example> Examples { get; } = examples;

    public ImmutableArray<string> Notes { get; } = notes;

    /// <summary>It answers <c>--json</c> with an object; what only starts a program or prints a text has none.</summary>
    public bool HasJson { get; init; } = true;

    /// <summary>
    /// Whether these words ask for that object; with others <c>--json</c> means nothing, and standard output is a program's.
    /// </summary>
    public Func<ParseResult, bool> AnswersWithJson { get; set; } = _ => true;

    /// <summary>What it does, over at once or ended by the signal itself.</summary>
    /// <remarks>
    /// The session is made here and nowhere else, before anything that a command does: who started us as root is an ordinary user by then.
    /// </remarks>
    public void Runs(Func<Session, ParseResult, int> action) => SetAction(parsed =>
    {
        using var session = Session.Of(parsed);
        try
        {
            return action(session, parsed);
        }
        catch (Exception error) when (session.Done.Count > 0)
        {
            throw After(session, error);
        }
    });

    /// <summary>The same for what takes long, and stops at the next safe place when it is asked to.</summary>
    public void Runs(Func<Session, ParseResult, CancellationToken, Task<int>> action) => SetAction(async (parsed, cancel) =>
    {
        MustHaveThreads();
        // Not for what starts a program and waits: there they cost more than they save.
        HeapPages.MakeLarge();
        HeapPages.ExpectMuch();
        using var session = Session.Of(parsed);
        try
        {
            return await action(session, parsed, cancel);
        }
        catch (Exception error) when (session.Done.Count > 0)
        {
            throw After(session, error);
        }
    });

    /// <summary>Before anything is awaited.</summary>
    /// <exception cref="OutOfMemoryException">What awaits may come to need more threads than are to be had.</exception>
    public static void MustHaveThreads() => SpareThreads.MustBe(Needed);

    private static ExplainedException After(Session session, Exception error) => new(Explanations.Of(error).After(session.Done));
}

/// <param name="Line">A command line, to copy.</param>
/// <param name="Does">What it does, in a few words.</param>
internal sealed record Example(string Line, string Does);
