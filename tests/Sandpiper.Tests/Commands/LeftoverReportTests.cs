using Sandpiper.Commands;
using Sandpiper.Sandbox.Leftovers;
using Sandpiper.Tests.Console;

namespace Sandpiper.Tests.Commands;

public sealed class LeftoverReportTests
{
    private static Leftover Of(string path, bool isNew = true) => new("/p", path, AutorunName.Of(Path.GetFileName(path))!, isNew);

    [Fact]
    public void What_was_left_is_told_in_bounded_words_and_what_counts_most_first()
    {
        var listener = new Listener();
        LeftoverReport.Tell(listener.Terminal, [.. Enumerable.Range(0, 500).Select(n => Of($"{n}/.envrc"))],
            [.. Enumerable.Range(0, 20_000).Select(n => Of($"{n}.pth")), Of("conftest.py"), Of("sub/Makefile", isNew: false)]);
        string[] lines = listener.Error.TrimEnd('\n').Split('\n');
        Assert.Equal(22, lines.Length);
        Assert.Equal("sandpiper: kept aside: /p/0/.envrc (run by your shell in this directory) ·  sandpiper held", lines[0]);
        Assert.Equal("sandpiper: kept aside: 490 more ·  sandpiper held", lines[10]);
        Assert.Equal("sandpiper: new: /p/conftest.py (run by pytest); read it first", lines[11]);
        Assert.Equal("sandpiper: changed: /p/sub/Makefile (run by make); read it first", lines[12]);
        Assert.Equal("sandpiper: 19,992 more names that others run are new or changed", lines[^1]);
    }

    [Fact]
    public void Nothing_is_silence_and_quiet_hides_nothing()
    {
        var listener = new Listener();
        LeftoverReport.Tell(listener.Terminal, [], []);
        Assert.Equal("", listener.Error);
        var quiet = new Listener(verbosity: Sandpiper.Console.Verbosity.Quiet);
        LeftoverReport.Tell(quiet.Terminal, [Of(".envrc")], []);
        Assert.Contains("kept aside", quiet.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_there_before_is_never_moved_away_but_byte_code()
    {
        Assert.True(Of(".envrc").IsKeptAside);
        Assert.False(Of(".envrc", isNew: false).IsKeptAside);
        Assert.False(Of("Makefile").IsKeptAside);
        Assert.True(Of("__pycache__/a.cpython-311.pyc", isNew: false).IsKeptAside);
    }
}
