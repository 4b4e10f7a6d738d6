using Sandpiper.Commands;
using Sandpiper.Tests.Console;

namespace Sandpiper.Tests.Commands;

public sealed class ConfinedRunTests
{
    [Fact]
    public void What_a_program_made_is_told_in_bounded_words_and_what_counts_most_first()
    {
        var listener = new Listener();
        ConfinedRun.TellOfNew(listener.Terminal, [.. Enumerable.Range(0, 20_000).Select(n => $"/p/{n}.pth"), "/p/conftest.py", "/p/.git"]);

        string[] lines = listener.Error.TrimEnd('\n').Split('\n');
        Assert.Equal(21, lines.Length);
        Assert.Contains("`/p/.git` is new", lines[0], StringComparison.Ordinal);
        Assert.Contains("`/p/conftest.py` is new", lines[1], StringComparison.Ordinal);
        Assert.Contains("19,982 more", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Few_are_named_one_by_one_and_none_is_silence()
    {
        var listener = new Listener();
        ConfinedRun.TellOfNew(listener.Terminal, []);
        Assert.Equal("", listener.Error);
        ConfinedRun.TellOfNew(listener.Terminal, ["/p/a.pth"]);
        Assert.Equal("sandpiper: `/p/a.pth` is new: programs outside the sandbox run what such a file says; read it first\n",
            listener.Error);
    }
}
