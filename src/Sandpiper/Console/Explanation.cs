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

    private static readonly ImmutableArray<string> ThatNothingWas =
        ["; nothing was changed", "; nothing was done", "; nothing was run", "; nothing was put on record"];

    /// <summary>The same where something had been done before it: what says that nothing was says that instead.</summary>
    public Explanation After(IEnumerable<string> done) =>
        ThatNothingWas.FirstOrDefault(claim => What.EndsWith(claim, StringComparison.Ordinal)) is { } claimed
            ? this with { What = $"{What[..^claimed.Length]}; {string.Join(", ", done)}" } : this;

    /// <summary>The same without the secrets of addresses, also where it is not a terminal that it goes to.</summary>
    /// <inheritdoc cref="WithoutSecrets.Of(string, IEnumerable{string})" path="/param"/>
    public Explanation WithoutSecretsOf(IEnumerable<string> typed)
    {
        string[] words = [.. typed];
        return this with { What = Masked(What), Because = [.. Because.Select(Masked)], Hints = [.. Hints.Select(Masked)] };

        string Masked(string text) => WithoutSecrets.Of(text, words);
    }

    private const string Arrow = "╰─▶ ", ThenWhatItDoes = "      ";

    /// <summary>Writes it to standard error; nothing suppresses it.</summary>
    public void Write(Terminal terminal)
    {
        terminal.ClearTransient();
        terminal.Problem(Inked.Red("×"), " ", What);
        for (int i = 0; i < Because.Length; i++)
        {
            terminal.Told(i == 0 ? Arrow.Length : 0, Inked.Dim(i == 0 ? Arrow : new string(' ', Arrow.Length)), Because[i]);
        }
        if (Hints.IsEmpty) return;
        terminal.Problem("");
        foreach (string hint in Hints) WriteHint(terminal, hint);
    }

    // One that is a command is there to be copied; what it would do stands behind it.
    private static void WriteHint(Terminal terminal, string hint)
    {
        Inked label = Inked.Cyan("hint: ");
        if (!hint.StartsWith("sandpiper ", StringComparison.Ordinal))
        {
            terminal.Told(label.Text.Length, label, hint);
            return;
        }
        int does = hint.IndexOf(ThenWhatItDoes, StringComparison.Ordinal);
        if (does < 0 || label.Text.Length + hint.Length <= terminal.Columns())
        {
            terminal.Whole(label, hint);
            return;
        }
        terminal.Whole(label, hint[..does]);
        terminal.Told(0, new string(' ', label.Text.Length), hint[(does + ThenWhatItDoes.Length)..]);
    }
}

/// <summary>Ends a command with an explanation.</summary>
internal sealed class ExplainedException(Explanation explanation) : Exception(explanation.What)
{
    public Explanation Explanation { get; } = explanation;
}
