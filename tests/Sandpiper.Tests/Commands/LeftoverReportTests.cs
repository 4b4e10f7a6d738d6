using Sandpiper.Commands;
using Sandpiper.Sandbox.Leftovers;
using Sandpiper.Sandbox.Profiles;
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
            [.. Enumerable.Range(0, 20_000).Select(n => Of($"{n}.pth")), Of("deep/conftest.py"), Of("conftest.py"),
                Of("sub/Makefile", isNew: false)]);
        string[] lines = listener.Error.TrimEnd('\n').Split('\n');
        Assert.Equal(22, lines.Length);
        Assert.Equal("sandpiper: kept aside: /p/0/.envrc (run by your shell in this directory) ·  sandpiper held", lines[0]);
        Assert.Equal("sandpiper: kept aside: 490 more ·  sandpiper held", lines[10]);
        Assert.Equal("sandpiper: changed: /p/sub/Makefile (run by make); read it first", lines[11]);
        Assert.Equal("sandpiper: new: /p/conftest.py (run by pytest); read it first", lines[12]);
        Assert.Equal("sandpiper: new: /p/deep/conftest.py (run by pytest); read it first", lines[13]);
        Assert.Equal("sandpiper: 19,993 more names that others run are new or changed", lines[^1]);
    }

    // A thousand names that nobody would use, for the one behind them to stay.
    [Fact]
    public void Whatever_a_program_makes_none_of_it_stays_for_there_being_so_much()
    {
        string root = Directory.CreateTempSubdirectory("sandpiper-").FullName;
        try
        {
            string project = Directory.CreateDirectory(Path.Join(root, "project")).FullName;
            using WritableWatch watch = WritableWatch.Begin(new Confinement
            {
                Home = "/home/ada", WorkingDirectory = project, Shown = [ShownPath.Needed(project, PathAccess.Write)],
            });
            foreach (int n in Enumerable.Range(0, 1003)) File.WriteAllText(Path.Join(project, $"{n}.pth"), "");
            File.WriteAllText(Path.Join(project, "sitecustomize.py"), "evil");
            var held = new HeldFiles(Path.Join(root, "data"));
            var listener = new Listener();
            LeftoverReport.Settle(listener.Terminal, watch, held, "x");
            Assert.Empty(Directory.GetFileSystemEntries(project));
            Assert.Equal(1001, held.List().Length);
            Assert.Contains("kept aside: 994 more", listener.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
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
