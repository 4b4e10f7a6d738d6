using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>A data root that somebody moved: the commands in it name the Python of where they were made.</summary>
public sealed class MovedTests
{
    [Fact]
    public void Verify_sees_it_none_of_its_commands_is_started_and_repair_mends_it()
    {
        using var user = new Somebody();
        SampleWheel package = new SampleWheel("sorter", "1.0")
            .WithFile("sorter/__init__.py", "def main():\n    print('ours')\n").WithConsoleScript("sorter", "sorter:main");
        Done(user.Sandpiper("install", "sorter", "-i", user.Serve(new SampleIndex().With(package))));
        Assert.Equal("ours\n", user.Sandpiper("run", "--", "sorter").Output);
        string moved = Path.Combine(user.Home, "moved");
        Directory.Move(user.DataRoot, moved);

        Outcome seen = user.Sandpiper("verify", "--root", moved);
        Assert.True(seen.ExitCode == 3 && seen.Output.Contains(user.DataRoot, StringComparison.Ordinal), $"{seen}");
        Outcome run = user.Sandpiper("run", "--root", moved, "--", "sorter");
        Assert.True(run.ExitCode == 125 && run.Output.Length == 0
            && run.Error.Contains("sandpiper repair", StringComparison.Ordinal), $"{run}");

        Done(user.Sandpiper("repair", "--root", moved));

        Done(user.Sandpiper("verify", "--root", moved));
        Assert.Equal("ours\n", user.Sandpiper("run", "--root", moved, "--", "sorter").Output);
    }

    [Fact]
    public void One_that_is_reached_by_another_name_is_not_moved()
    {
        using var user = new Somebody();
        Done(user.Sandpiper("install", "pebble", "-i", user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));
        string link = Path.Combine(user.Home, "link");
        Directory.CreateSymbolicLink(link, user.DataRoot);
        Outcome seen = user.Sandpiper("verify", "--root", link);
        Assert.DoesNotContain("where it was made", seen.Output, StringComparison.Ordinal);
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
