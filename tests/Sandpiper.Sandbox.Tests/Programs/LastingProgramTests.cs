using System.Collections.Immutable;
using System.Text;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Sandbox.Tests.Programs;

/// <summary>A program that is asked by lines; whatever it does instead of answering is no answer.</summary>
public sealed class LastingProgramTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public void It_answers_line_by_line()
    {
        using LastingProgram cat = Shell("exec cat");
        Assert.Equal("one", Ask(cat, "one"));
        Assert.Equal("", Ask(cat, ""));
        Assert.Equal(new string('x', 100_000), Ask(cat, new string('x', 100_000)));
    }

    [Fact]
    public void Two_answers_at_once_are_one_each()
    {
        using LastingProgram eager = Shell("read a; printf 'one\\ntwo\\n'; read b; read c");
        Assert.Equal("one", Ask(eager, "a"));
        Assert.Equal("two", Ask(eager, "b"));
    }

    [Fact]
    public void One_that_has_ended_answers_nothing_and_its_complaint_is_kept()
    {
        using LastingProgram gone = Shell("echo why >&2; exit 1");
        Assert.Null(gone.Ask("x"u8, Long, 100));
        SpinWait.SpinUntil(() => gone.Errors.Length > 0, Long);
        Assert.Equal("why\n", gone.Errors);
    }

    [Fact]
    public void An_answer_that_never_ends_is_none()
    {
        using LastingProgram endless = Shell("read a; exec cat /dev/zero");
        Assert.Null(endless.Ask("x"u8, Long, 100_000));
    }

    [Fact]
    public void One_that_does_not_answer_in_time_has_not_answered()
    {
        using LastingProgram silent = Shell("read a; read b");
        Assert.Null(silent.Ask("x"u8, TimeSpan.FromMilliseconds(50), 100));
    }

    private static LastingProgram Shell(string line) =>
        LastingProgram.Start("/bin/sh", ["-c", line], ImmutableDictionary<string, string>.Empty);

    private static string? Ask(LastingProgram program, string line) =>
        program.Ask(Encoding.ASCII.GetBytes(line), Long, 1 << 20) is { } answer ? Encoding.ASCII.GetString(answer) : null;
}
