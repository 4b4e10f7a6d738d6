using System.Collections.Immutable;
using Sandpiper.Sandbox.Terminals;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Terminals;

/// <summary>A program on a terminal, seen from the terminal: what arrives there, who gets what is typed, and who is stopped.</summary>
public sealed class ProgramTerminalTests(Ground ground) : IClassFixture<Ground>
{
    private const string Prompt = "@ ";

    private TerminalSession Terminal => new(ground);

    private static ImmutableArray<string> Python(string script) => ["/usr/bin/python3", "-I", "-c", script];

    [Fact]
    public void What_would_harm_the_user_does_not_arrive_and_what_a_picture_needs_does()
    {
        ImmutableArray<string> program = Python(@"print('a\033]0;t\007\033]52;c;QQ==\007\033[21t\033[31mred\033[0m\033[?1049h', end='')");
        Assert.Equal("a\e]0;t\a\e]52;c;QQ==\a\e[21t\e[31mred\e[0m\e[?1049h", Terminal.Run(program).Seen);
        Assert.Equal("a\e[31mred\e[0m\e[?1049h\e[?1049l", Terminal.Confined(ground.Reading, program).Seen);
    }

    [Fact]
    public void The_terminal_is_its_own_with_a_name_a_session_and_the_size_of_the_users()
    {
        string seen = Terminal.Confined(ground.Reading, Python("""
            import os
            print(os.ttyname(0), os.isatty(1), os.isatty(2), os.tcgetpgrp(0) == os.getpgrp() == os.getpid(), *os.get_terminal_size())
            print(os.fstat(os.open('/dev/tty', os.O_RDWR | os.O_NOCTTY)) is not None)
            """)).Seen;
        Assert.Equal("/dev/console True True True 80 24\r\nTrue\r\n", seen);
        const string look = "import os; print(os.major(os.fstat(0).st_rdev), os.minor(os.fstat(0).st_rdev))";
        string[] both = Terminal.Run(["/bin/sh", "-c", $"python3 -I -c '{look}'; \"$@\"", "sh",
            .. Ground.ConfinedCommand(ground.Reading, Python(look))]).Seen.Split("\r\n");
        Assert.NotEqual(both[0], both[1]);
    }

    [Fact]
    public void A_window_of_another_size_is_told()
    {
        string seen = Terminal.Confined(ground.Reading, Python("""
            import os, signal
            def tell(*_): print(*os.get_terminal_size()); os._exit(0)
            signal.signal(signal.SIGWINCH, tell)
            print('ready', flush=True)
            while True: signal.pause()
            """), ("ready", "RESIZE")).Seen;
        Assert.Equal("ready\r\n100 40\r\n", seen);
    }

    [Theory]
    [InlineData("print('got', input('name? '))", "name? ", "bob\r", "name? bob\r\ngot bob\r\n", 0)]
    [InlineData("import getpass; print('got', getpass.getpass('key? '))", "key? ", "secret\r", "key? \r\ngot secret\r\n", 0)]
    [InlineData("import os, tty; tty.setraw(0); print('key?', flush=True); print(os.read(0, 9))", "key?", "\u0003", "b'\\x03'\n", 0)]
    [InlineData("import sys; print('all?', flush=True); print(sys.stdin.read())", "all?", "\u0004", "all?\r\n\r\n", 0)]
    [InlineData("import time; print('ready', flush=True); time.sleep(600)", "ready", "\u001c", "^\\", 128 + 3)]
    public void What_is_typed_is_the_programs(string script, string wait, string typed, string seen, int exitCode)
    {
        var (output, exit) = Terminal.Confined(ground.Reading, Python(script), (wait, typed));
        Assert.EndsWith(seen, output, StringComparison.Ordinal);
        Assert.Equal(exitCode, exit);
    }

    [Theory]
    [InlineData("bob\n", true, 4)]
    [InlineData("bob\r", true, 0)]
    [InlineData("bo", true, 2)]
    [InlineData("one\ntwo\r", true, 4)]
    [InlineData("one\ntwo\rthree\r", true, 4)]
    [InlineData("bob\r", false, 4)]
    public void Of_what_lay_there_as_the_keys_were_taken_a_line_that_nobody_saw_is_shown(
        string typed, bool returnsBecomeLineFeeds, int shown) =>
        Assert.Equal(shown, ProgramTerminal.ShownOf(System.Text.Encoding.ASCII.GetBytes(typed), returnsBecomeLineFeeds));

    [Fact]
    public void An_answer_of_the_terminal_reaches_the_program_and_a_question_without_a_reader_is_not_asked()
    {
        ImmutableArray<string> ask = Python(@"import os, tty; tty.setcbreak(0); os.write(2, b'\033[c'); print(os.read(0, 20))");
        Assert.Equal("\e[cb'\\x1b[?62c'\r\n", Terminal.Confined(ground.Reading, ask, ("\e[c", "\e[?62c")).Seen);
        ImmutableArray<string> askNobody = Python(@"import os; os.write(2, b'a\033[c\033]11;?\007b')");
        string inPipe = Terminal.Run(["/bin/sh", "-c", "\"$@\" | cat", "sh", .. Ground.ConfinedCommand(ground.Reading, askNobody)]).Seen;
        Assert.Equal("ab", inPipe);
    }

    [Fact]
    public void What_was_written_last_is_not_lost()
    {
        var (seen, exit) = Terminal.Confined(ground.Reading,
            Python("print('x' * 300000 + 'end', flush=True); import os; os.kill(os.getpid(), 9)"));
        Assert.Equal((300_005, 128 + 9), (seen.Length, exit));
        Assert.EndsWith("xend\r\n", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_that_are_none_stay_what_they_are()
    {
        string seen = Terminal.Run(["/bin/sh", "-c", "echo in | \"$@\" | cat", "sh", .. Ground.ConfinedCommand(ground.Reading,
            Python("import os, sys; print(sys.stdin.read(), os.isatty(0), os.isatty(1), os.isatty(2))"))]).Seen;
        Assert.Equal("in\r\n False False True\r\n", seen);
    }

    [Theory]
    [InlineData("sh -c 'echo ready; n=0; while [ ! -e go ]; do sleep 0.1; done; echo done'", "\nready\r\n", "\u001a")]
    [InlineData("python3 -I -c 'import os, signal; print(1, flush=True); os.kill(os.getpid(), signal.SIGSTOP); print(\"done\")'", null, "")]
    [InlineData("python3 -I -c 'import os, signal, tty; tty.setraw(0); os.kill(0, signal.SIGTSTP); print(\"done\")'", null, "")]
    public void Who_stops_stops_for_the_shell_which_has_its_terminal_as_it_was_and_goes_on(string program, string? wait, string typed)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no shell with job control");
        string seen = Terminal.Shell(ground.Reading,
            [(Prompt, $"$R {program}\r"), .. wait is null ? Array.Empty<(string, string)>() : [(wait, typed)], ("Stopped", ""),
                (Prompt, "stty -a | tr ' ' '\\n' | grep -x -e icanon -e echo | tr '\\n' ,; echo; touch go\r"), ("icanon,echo,\r\n", ""),
                (Prompt, "fg; echo left $?\r"), ("done", ""), ("left 0", "")]);
        Assert.Contains("\nicanon,echo,\r\n", seen, StringComparison.Ordinal);
        File.Delete(Path.Join(ground.Project, "go"));
    }

    [Fact]
    public void Who_reads_in_the_background_stops_there()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no shell with job control");
        string seen = Terminal.Shell(ground.Reading, (Prompt, "$R cat &\r"), ("Stopped", ""), ("", "\r"), (Prompt, "kill -KILL %1\r"),
            ("Killed", ""), ("", "\r"));
        Assert.Contains("Stopped", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_writes_in_the_background_stops_there_where_the_terminal_says_so()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no shell with job control");
        string seen = Terminal.Shell(ground.Reading, (Prompt, "stty tostop; $R echo said &\r"), ("Stopped", ""), ("", "\r"),
            (Prompt, "fg; echo left $?\r"), ("left 0", ""));
        Assert.DoesNotContain("\nsaid\r\n", seen[..seen.IndexOf("Stopped", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("\nsaid\r\n", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_typed_ahead_is_the_shells()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no shell with job control");
        string seen = Terminal.Shell(ground.Reading, (Prompt, "$R sh -c 'echo ready; sleep 0.5'\r"), ("\nready\r\n", "echo a''head\r"),
            ("\nahead\r\n", ""));
        Assert.Contains("\nahead\r\n", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_for_the_neighbour_in_a_pipe_is_not_the_programs()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no shell that reads without an echo");
        const string Neighbour = "(read -s -p key: k </dev/tty; echo \"[$k]\"; echo now; cat)";
        string seen = Terminal.Shell(ground.Reading,
            (Prompt, $"$R python3 -I -c 'print(repr(input()))' | {Neighbour}\r"), ("\nkey:", "secret\r"),
            ("\nnow\r\n", "late\r"), ("'late'", ""));
        Assert.Contains("[secret]\r\n", seen, StringComparison.Ordinal);
    }

    // As `ls | less` does: what it reads is a pipe, and what is typed it asks the terminal for.
    private const string Pager = "import os, sys, tty; t = os.open('/dev/tty', os.O_RDONLY); tty.setraw(t); sys.stdin.read(); "
        + "print('ready', end='', flush=True); print(os.read(t, 9), end='\\r\\n')";

    [Fact]
    public void What_is_typed_is_the_programs_when_whoever_fed_it_has_ended()
    {
        string seen = Terminal.Shell(ground.Reading,
            (Prompt, $"echo fed | $R python3 -I -c \"{Pager}\"\r"), ("\nready", "q"), ("b'q'", ""));
        Assert.DoesNotContain("^", seen, StringComparison.Ordinal);
        // A script around them only waits.
        seen = Terminal.Shell(ground.Reading,
            (Prompt, $"sh -c 'echo fed | \"$@\"; echo over' sh $R python3 -I -c \"{Pager}\"\r"), ("\nready", "q"), ("b'q'", ""));
        Assert.Contains("over", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_for_whoever_feeds_it_is_not_the_programs()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no shell that reads without an echo");
        const string Neighbour = "(read -s -p key: k </dev/tty; echo \"[$k]\" >/dev/tty)";
        string seen = Terminal.Shell(ground.Reading,
            (Prompt, $"{Neighbour} | $R python3 -I -c \"{Pager}\"\r"), ("\nkey:", "secret\r"), ("ready", "q"), ("b'q'", ""));
        Assert.Contains("[secret]", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_reaches_a_program_whose_input_is_a_pipe()
    {
        var (seen, exit) = Terminal.Run(["/bin/sh", "-c", "sleep 600 | \"$@\"", "sh", .. Ground.ConfinedCommand(ground.Reading,
            Python("import time\ntry: print('ready', flush=True); time.sleep(600)\nexcept KeyboardInterrupt: print('cleaned up')"))],
            ("ready", "\u0003"));
        Assert.Contains("cleaned up", seen, StringComparison.Ordinal);
        Assert.Equal(-2, exit); // the shell around it was interrupted, too
    }
}
