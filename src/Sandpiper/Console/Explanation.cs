using System.Collections.Immutable;

namespace Sandpiper.Console;

/// <summary>Why a command did not do what it was asked, in the one shape that all of them share: what, because, hints.</summary>
/// <param name="Exit">The exit code.</param>
/// <param name="What">What happened, in the user's words; no full stop.</param>
/// <param name="Because">Facts, one a line.</param>
/// <param name="Hints">Each one command or one thing to do; at most a few.</param>
internal sealed record Explanation(ExitCode Exit, string What, ImmutableArray<string> Because, ImmutableArray<string> Hints)
{
    public Explanation(ExitCode exit, string what, string because, params ReadOnlySpan<string> hints)
        : this(exit, what, [because], [.. hints])
    {
    }

    /// <summary>Writes it to standard error; nothing suppresses it.</summary>
    public void Write(Terminal terminal)
    {
        terminal.ClearTransient();
        terminal.Problem(Inked.Red("×"), " ", What);
        for (int i = 0; i < Because.Length; i++)
        {
            terminal.Problem(Inked.Dim(i == 0 ? "╰─▶ " : "    "), Because[i]);
        }
        if (Hints.IsEmpty) return;
        terminal.Problem("");
        foreach (string hint in Hints) terminal.Problem(Inked.Cyan("hint: "), hint);
    }
}

/// <summary>Ends a command with an explanation.</summary>
internal sealed class ExplainedException(Explanation explanation) : Exception(explanation.What)
{
    public Explanation Explanation { get; } = explanation;
}
