using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

public sealed class ExplanationTests
{
    [Fact]
    public void It_says_what_then_because_then_what_helps_all_on_standard_error()
    {
        var listener = new Listener(verbosity: Verbosity.Quiet);
        new Explanation(ExitCode.Refused, "`evil` 1.0 was not installed", ["it has two faces", "  1 │ import os"],
            ["sandpiper list", "sandpiper help"]).Write(listener.Terminal);
        Assert.Equal("", listener.Output);
        Assert.Equal("""
            × `evil` 1.0 was not installed
            ╰─▶ it has two faces
                  1 │ import os

            hint: sandpiper list
            hint: sandpiper help

            """, listener.Error);
    }

    [Fact]
    public void Without_hints_it_ends_with_the_reason()
    {
        var listener = new Listener();
        new Explanation(ExitCode.CouldNot, "it did not work", "of this").Write(listener.Terminal);
        Assert.Equal("× it did not work\n╰─▶ of this\n", listener.Error);
    }

    [Fact]
    public void Where_the_terminal_ends_it_goes_on_at_a_word_and_a_command_stays_whole()
    {
        var listener = new Listener(columns: 40);
        new Explanation(ExitCode.Refused, "`evil` 1.0 was not installed; nothing was changed", ["it puts a hook where every start runs it"],
            ["sandpiper allow evil==1.0 --rule SP-WHEEL-21      accept it, on record", "run the same command again when there is room"])
            .Write(listener.Terminal);
        Assert.Equal("""
            × `evil` 1.0 was not installed; nothing
              was changed
            ╰─▶ it puts a hook where every start
                runs it

            hint: sandpiper allow evil==1.0 --rule SP-WHEEL-21
                  accept it, on record
            hint: run the same command again when
                  there is room

            """, listener.Error);
    }

    [Fact]
    public void Every_part_of_it_is_made_visible()
    {
        var listener = new Listener();
        new Explanation(ExitCode.CouldNot, "\e[2J", "\u202E", "\a").Write(listener.Terminal);
        Assert.Equal("× \\u{1b}[2J\n╰─▶ \\u{202e}\n\nhint: \\u{7}\n", listener.Error);
    }

    [Fact]
    public void It_takes_the_progress_line_away_first()
    {
        var listener = new Listener(watches: true);
        new Explanation(ExitCode.CouldNot, "no", "because").Write(listener.Terminal);
        Assert.StartsWith("\r\e[2K×", listener.Error, StringComparison.Ordinal);
    }
}
