using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Terminals;

namespace Sandpiper.Console;

/// <summary>Standard output and standard error, and what is known of whoever reads them.</summary>
/// <remarks>
/// Every text goes through <see cref="VisibleText"/> on its way out, so that no caller can forget to; colour is added by us alone.
/// A reader that went away (<c>sandpiper list | head -1</c>) is no error; an answer that could not be written otherwise is one, and
/// <see cref="Flush"/> says so: a script must not take half an answer on a full disk for a whole one.
/// </remarks>
internal sealed class Terminal
{
    private readonly TextWriter _out;
    private readonly TextWriter _error;
    private const int BrokenPipe = 32; // EPIPE
    private const int ContinuationIndent = 2;
    private readonly bool _colorOut;
    private readonly bool _colorError;
    private Exception? _lost;
    private bool _isLossTold;

    public Terminal(TextWriter output, TextWriter error, bool colorOut, bool colorError, bool showsProgress, Verbosity verbosity)
    {
        (_out, _error) = (output, error);
        (_colorOut, _colorError) = (colorOut, colorError);
        (ShowsProgress, Verbosity) = (showsProgress, verbosity);
    }

    /// <summary>Somebody watches standard error on a terminal and did not switch progress off.</summary>
    public bool ShowsProgress { get; }

    public Verbosity Verbosity { get; }

    /// <summary>Whether it was given what a program reads: there is one such object, and no other after it.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>How wide the terminal is on which progress is shown.</summary>
    public Func<int> Columns { get; init; } = () => int.MaxValue;

    /// <summary>How wide the terminal is that reads the answer; without bounds in a pipe, where a line is a line.</summary>
    public Func<int> AnswerColumns { get; init; } = () => int.MaxValue;

    /// <summary>The process's own streams. Colour: as asked; by default on a terminal unless NO_COLOR is set or TERM is dumb.</summary>
    public static Terminal OfProcess(ColorChoice color, bool noProgress, Verbosity verbosity)
    {
        bool plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || Environment.GetEnvironmentVariable("TERM") is null or "dumb";
        bool Colored(bool isRedirected) => color == ColorChoice.Always || (color == ColorChoice.Auto && !isRedirected && !plain);
        bool errorIsTerminal = !System.Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal(
            new StreamWriter(new DescriptorStream(Ours(1), "standard output"), utf8) { AutoFlush = false },
            new StreamWriter(new DescriptorStream(Ours(2), "standard error"), utf8) { AutoFlush = true },
            Colored(System.Console.IsOutputRedirected),
            Colored(System.Console.IsErrorRedirected),
            errorIsTerminal && !noProgress && verbosity >= Verbosity.Normal,
            verbosity)
        {
            Columns = TerminalWidth.OfError,
            AnswerColumns = TerminalWidth.OfAnswer,
        };
    }

    // That there are no descriptors left has to be said, too.
    private static SafeFileHandle Ours(int number)
    {
        try
        {
            return Descriptor.AnotherOf(number);
        }
        catch (KernelException none) when (none.Errno is Errno.TooManyOpen or Errno.Invalid)
        {
            return new SafeFileHandle(number, ownsHandle: false);
        }
    }

    /// <summary>A line of the answer, on standard output.</summary>
    public void Line(params ReadOnlySpan<Inked> pieces) => AnswerVisible(Visible(pieces));

    /// <summary>
    /// A line of a listing. Where it is wider than the terminal it goes on below, at the beginning of a word; a path stays whole, to be
    /// copied.
    /// </summary>
    /// <param name="indent">Below which column it goes on; at most half of them.</param>
    public void Listed(int indent, params ReadOnlySpan<Inked> pieces)
    {
        Inked[] shown = Visible(pieces);
        int columns = AnswerColumns();
        int below = BelowIn(columns, indent);
        foreach (Inked[] line in Cut(shown, WrappedText.LinesOf(TextOf(shown), columns, below), below)) AnswerVisible(line);
    }

    private static int BelowIn(int columns, int indent) => Math.Min(indent, columns / 2);

    private static string TextOf(Inked[] pieces) => string.Concat(pieces.Select(piece => piece.Text));

    private static Inked[] Visible(ReadOnlySpan<Inked> pieces)
    {
        Inked[] shown = [.. pieces];
        for (int i = 0; i < shown.Length; i++) shown[i] = shown[i] with { Text = VisibleText.Of(WithoutSecrets.Of(shown[i].Text)) };
        return shown;
    }

    private static IEnumerable<Inked[]> Cut(Inked[] shown, IEnumerable<Range> lines, int below)
    {
        string margin = "";
        foreach (Range line in lines)
        {
            yield return [margin, .. PartOf(shown, line.Start.Value, line.End.Value)];
            margin = new string(' ', below);
        }
    }

    private static IEnumerable<Inked> PartOf(Inked[] pieces, int start, int end)
    {
        int at = 0;
        foreach (Inked piece in pieces)
        {
            int from = Math.Max(start - at, 0), to = Math.Min(end - at, piece.Text.Length);
            if (from < to) yield return piece with { Text = piece.Text[from..to] };
            at += piece.Text.Length;
        }
    }

    /// <summary>A line about the work, on standard error; not with <c>-q</c>.</summary>
    public void Note(params ReadOnlySpan<Inked> pieces)
    {
        if (Verbosity >= Verbosity.Normal) Problem(pieces);
    }

    /// <summary>A line that only <c>-v</c> shows, on standard error.</summary>
    public void Detail(params ReadOnlySpan<Inked> pieces)
    {
        if (Verbosity >= Verbosity.Verbose) Problem(pieces);
    }

    /// <summary>
    /// A line on standard error that nothing suppresses. Where it is wider than the terminal it goes on below, at the beginning of a word;
    /// the command that it ends with, if it does, stands on a line of its own then, in one piece.
    /// </summary>
    public void Problem(params ReadOnlySpan<Inked> pieces) => Told(ContinuationIndent, pieces);

    /// <param name="indent">How much further in than its beginning it goes on.</param>
    /// <inheritdoc cref="Problem" path="/summary"/>
    public void Told(int indent, params ReadOnlySpan<Inked> pieces)
    {
        Inked[] shown = Visible(pieces);
        string text = TextOf(shown);
        int columns = Columns();
        int below = BelowIn(columns, Math.Max(0, text.AsSpan().IndexOfAnyExcept(' ')) + indent);
        foreach (Inked[] line in Cut(shown, WrappedText.WithCommand(text, columns, below), below)) TellVisible(line);
    }

    /// <summary>The same in one piece, however wide the terminal is: a command, to be copied.</summary>
    public void Whole(params ReadOnlySpan<Inked> pieces) => TellVisible(Visible(pieces));

    private void AnswerVisible(Inked[] shown) => Answer(Colored(_colorOut, shown));

    private void TellVisible(Inked[] shown)
    {
        // On a terminal both streams are one picture: what was said first is to be read first.
        AttemptAnswer(writer => writer.Flush());
        Tell(Colored(_colorError, shown));
    }

    /// <summary>Machine-readable text, as it is, on standard output. JSON escapes control characters itself.</summary>
    public void Raw(string text)
    {
        IsAnswered = true;
        Answer(text);
    }

    /// <summary>A progress line that the next write replaces; only where somebody watches.</summary>
    public void Transient(string text)
    {
        if (ShowsProgress) Tell($"\r\e[2K{VisibleText.Of(WithoutSecrets.Of(text))}");
    }

    /// <summary>Takes the progress line away.</summary>
    public void ClearTransient()
    {
        if (ShowsProgress) Tell("\r\e[2K");
    }

    /// <summary>Hands on what is still held back.</summary>
    /// <exception cref="ExplainedException">Some of the answer was lost, now or before; said once.</exception>
    public void Flush()
    {
        AttemptAnswer(writer => writer.Flush());
        if (_lost is not { } lost || _isLossTold) return;
        _isLossTold = true;
        throw new ExplainedException(new(ExitCode.CouldNot, "the answer could not be written to standard output", lost.Message));
    }

    // Of what is visible already.
    private static string Colored(bool color, Inked[] shown)
    {
        var line = new StringBuilder();
        foreach (Inked piece in shown)
        {
            string start = color ? Inked.Start(piece.Ink) : "";
            line.Append(start).Append(piece.Text).Append(start.Length > 0 ? "\e[0m" : "");
        }
        return line.Append('\n').ToString();
    }

    private void Answer(string text) => AttemptAnswer(writer => writer.Write(text));

    // Nothing throws in the middle of a change because its report cannot be written; what follows a hole is not written either.
    private void AttemptAnswer(Action<TextWriter> write)
    {
        if (_lost is not null) return;
        try
        {
            write(_out);
        }
        catch (IOException error) when (error.HResult == BrokenPipe)
        {
            // The reader has what it wanted.
        }
        catch (Exception error) when (IsLoss(error))
        {
            _lost = error;
        }
    }

    private void Tell(string text)
    {
        try
        {
            _error.Write(text);
            _error.Flush();
        }
        catch (Exception error) when (IsLoss(error))
        {
            // There is nobody left to tell.
        }
    }

    // A descriptor that cannot be written to (closed by the caller, and something else since) is "access denied" to .NET.
    private static bool IsLoss(Exception error) => error is IOException or UnauthorizedAccessException;
}

/// <summary>How much is said besides the answer.</summary>
internal enum Verbosity
{
    Quiet,
    Normal,
    Verbose,
}

/// <summary><c>--color</c>.</summary>
internal enum ColorChoice
{
    Auto,
    Always,
    Never,
}
