using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

public sealed class TerminalTests
{
    private const int BrokenPipe = 32;
    private const int NoSpace = 28;

    [Fact]
    public void An_answer_goes_to_standard_output_and_all_else_to_standard_error()
    {
        var listener = new Listener();
        listener.Terminal.Line("answer");
        listener.Terminal.Note("note");
        listener.Terminal.Problem("problem");
        listener.Terminal.Flush();
        Assert.Equal(("answer\n", "note\nproblem\n"), (listener.Output, listener.Error));
    }

    [Fact]
    public void Colour_is_written_only_where_it_is_on()
    {
        var (plain, colored) = (new Listener(), new Listener(color: true));
        foreach (Listener listener in new[] { plain, colored })
        {
            listener.Terminal.Line(Inked.Green("+ "), "six");
            listener.Terminal.Problem(Inked.Red("×"));
        }
        Assert.Equal(("+ six\n", "×\n"), (plain.Output, plain.Error));
        Assert.Equal(("\e[32m+ \e[0msix\n", "\e[1;31m×\e[0m\n"), (colored.Output, colored.Error));
    }

    [Fact]
    public void A_package_cannot_bring_colours_of_its_own()
    {
        var listener = new Listener(color: true, watches: true);
        listener.Terminal.Line(Inked.Bold("\e[31mevil\n"), "\e]0;title\a");
        listener.Terminal.Transient("evil\r\e[2K");
        Assert.Equal("\e[1m\\u{1b}[31mevil\\u{a}\e[0m\\u{1b}]0;title\\u{7}\n", listener.Output);
        Assert.Equal("\r\e[2Kevil\\u{d}\\u{1b}[2K", listener.Error);
    }

    [Fact]
    public void A_listing_goes_on_below_where_the_terminal_ends_and_is_one_line_in_a_pipe()
    {
        Inked[] row = ["numpy  ", Inked.Dim("for contourpy, matplotlib")];
        var (wide, narrow, tiny) = (new Listener(), new Listener(color: true, columns: 24), new Listener(columns: 8));
        foreach (Listener listener in new[] { wide, narrow, tiny }) listener.Terminal.Listed(11, row);
        Assert.Equal("numpy  for contourpy, matplotlib\n", wide.Output);
        Assert.Equal("numpy  \e[2mfor contourpy,\e[0m\n           \e[2mmatplotlib\e[0m\n", narrow.Output);
        Assert.Equal("numpy\n    for\n    contourpy,\n    matplotlib\n", tiny.Output);
    }

    [Fact]
    public void What_a_listing_is_cut_at_is_what_is_seen_of_it()
    {
        var listener = new Listener(columns: 30);
        listener.Terminal.Listed(2, "\e[2J\e[2J a b", " https://user:a-long-pass@host/ c");
        Assert.Equal("\\u{1b}[2J\\u{1b}[2J a b\n  https://***@host/ c\n", listener.Output);
    }

    [Fact]
    public void What_is_told_goes_on_below_at_a_word_and_the_command_that_comes_next_stands_in_one_piece()
    {
        Inked note = Inked.Dim("sandpiper: black was not allowed to write here ·  sandpiper allow black --write .");
        var (pipe, wide, narrow) = (new Listener(), new Listener(columns: 82), new Listener(columns: 40));
        foreach (Listener listener in new[] { pipe, wide, narrow }) listener.Terminal.Note(note);
        Assert.Equal(($"{note.Text}\n", $"{note.Text}\n"), (pipe.Error, wide.Error));
        Assert.Equal("sandpiper: black was not allowed to\n  write here\n  sandpiper allow black --write .\n", narrow.Error);
        var tiny = new Listener(columns: 20);
        tiny.Terminal.Note("    ·  sandpiper allow black --write .");
        tiny.Terminal.Whole("  export PATH=\"$PATH:/home/somebody/bin\"");
        Assert.Equal("    ·  sandpiper allow black --write .\n  export PATH=\"$PATH:/home/somebody/bin\"\n", tiny.Error);
    }

    [Theory]
    [InlineData("from https://user:pass@host/simple/", "from https://***@host/simple/")]
    [InlineData("https://user:p@ss@host/", "https://***@host/")]
    [InlineData("`https://token@host` or `http://u:p@h/x`", "`https://***@host` or `http://***@h/x`")]
    [InlineData("https://host/@scope/pkg, me@example.org", "https://host/@scope/pkg, me@example.org")]
    public void No_stream_is_told_what_an_address_carries_before_its_host(string text, string shown)
    {
        var listener = new Listener(watches: true);
        listener.Terminal.Line(text);
        listener.Terminal.Problem(text);
        listener.Terminal.Transient(text);
        Assert.Equal(($"{shown}\n", $"{shown}\n\r\e[2K{shown}"), (listener.Output, listener.Error));
    }

    [Theory]
    [InlineData("Quiet", "problem\n")]
    [InlineData("Normal", "note\nproblem\n")]
    [InlineData("Verbose", "detail\nnote\nproblem\n")]
    public void Quiet_and_verbose_choose_what_is_said_besides_the_answer(string verbosity, string error)
    {
        var listener = new Listener(verbosity: Enum.Parse<Verbosity>(verbosity));
        listener.Terminal.Detail("detail");
        listener.Terminal.Note("note");
        listener.Terminal.Problem("problem");
        listener.Terminal.Line("answer");
        Assert.Equal(("answer\n", error), (listener.Output, listener.Error));
    }

    [Fact]
    public void A_progress_line_is_drawn_only_for_somebody_who_watches()
    {
        var listener = new Listener(watches: false);
        listener.Terminal.Transient("working");
        listener.Terminal.ClearTransient();
        Assert.Equal("", listener.Error);
    }

    [Fact]
    public void A_reader_that_went_away_is_no_error()
    {
        var terminal = new Terminal(new Failing(BrokenPipe), new Failing(BrokenPipe), false, false, true, Verbosity.Normal);
        terminal.Line("answer");
        terminal.Problem("problem");
        terminal.Transient("progress");
        terminal.Flush();
    }

    [Fact]
    public void An_answer_that_could_not_be_written_is_an_error_but_only_when_it_is_handed_on()
    {
        var terminal = new Terminal(new Failing(NoSpace), new StringWriter(), false, false, false, Verbosity.Normal);
        terminal.Line("answer");
        terminal.Raw("more");
        terminal.Note("note");
        Explanation explanation = Assert.Throws<ExplainedException>(terminal.Flush).Explanation;
        Assert.Equal((ExitCode.CouldNot, "the answer could not be written to standard output"), (explanation.Exit, explanation.What));
        terminal.Flush();   // said once
    }

    [Fact]
    public void Nobody_is_told_that_nobody_can_be_told()
    {
        var terminal = new Terminal(new StringWriter(), new Failing(NoSpace), false, false, true, Verbosity.Normal);
        terminal.Problem("problem");
        terminal.ClearTransient();
        terminal.Flush();
    }

    private sealed class Failing(int errno) : StringWriter
    {
        public override void Write(string? value) => throw new IOException("it failed", errno);

        public override void Flush() => throw new IOException("it failed", errno);
    }
}
