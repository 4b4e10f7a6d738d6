using System.Diagnostics;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What was tried can be left: nothing of it stays, and nothing of it goes while it is used.</summary>
public sealed class LeavingTests : IDisposable
{
    private static readonly SampleIndex Harbour = new SampleIndex()
        .WithAll(OrdinaryPackages.Pebble(), OrdinaryPackages.Tide("1.0"), OrdinaryPackages.Tide("2.0"));

    private readonly Somebody _user = new();

    public void Dispose() => _user.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(".local")]
    [InlineData(".local/share .cache")]
    public void After_purge_the_home_is_as_it_was_before_the_first_install(string made)
    {
        foreach (string directory in made.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Done(_user.Run(["/bin/mkdir", "-p", Path.Combine(_user.Home, directory)]));
        string[] before = Tree();
        string index = _user.Serve(Harbour);
        Done(_user.Sandpiper("install", "--dry-run", "pebble", "-i", index));
        Done(_user.Sandpiper("install", "pebble", "tide==1.0", "-i", index));
        Done(_user.Sandpiper("install", "--env", "other", "tide==2.0", "-i", index));
        Done(_user.Sandpiper("run", "--", "python", "-c", "import pebble"));
        Assert.NotEqual(before, Tree());

        Outcome asked = _user.Run([PublishedCommand.Path, "purge"], input: "");
        Assert.True(
            asked is { ExitCode: 1, Output: "" } && asked.Error.Contains("nothing was removed", StringComparison.Ordinal), $"{asked}");
        Assert.Contains("other, shared", asked.Error, StringComparison.Ordinal);
        Done(_user.Sandpiper("list"));

        Done(_user.Sandpiper("purge", "--yes"));
        Assert.Equal(before, Tree());
        Done(_user.Sandpiper("purge", "--yes"));
        Assert.Equal(before, Tree());
    }

    [Fact]
    public void Who_only_looked_can_leave_as_well_and_who_never_came_is_told_so()
    {
        string[] before = Tree();
        string own = Path.Combine(_user.Home, "own");
        Assert.Contains("nothing to remove", Done(_user.Sandpiper("purge", "--yes")).Error, StringComparison.Ordinal);
        Done(_user.Run(["/bin/mkdir", own]));
        Done(_user.Sandpiper("--root", own, "purge", "--yes"));
        Done(_user.Run(["/bin/rmdir", own]));
        Done(_user.Sandpiper("install", "--dry-run", "pebble", "-i", _user.Serve(Harbour)));
        Done(_user.Sandpiper("cache", "clean"));
        Assert.DoesNotContain("stays", Done(_user.Sandpiper("purge", "--yes")).Error, StringComparison.Ordinal);
        Assert.Equal(before, Tree());
    }

    [Fact]
    public void A_generation_on_which_a_program_runs_is_not_collected_under_it()
    {
        string index = _user.Serve(Harbour);
        Done(_user.Sandpiper("install", "tide==1.0", "-i", index));
        // It imports only when it is told to: by then its generation is two behind.
        using Process program = _user.Start([PublishedCommand.Path, "run", "--", "python", "-c",
            "print('runs', flush=True); input(); import tide; print(tide.__file__ and 'imported')"]);
        Assert.Equal("runs", program.StandardOutput.ReadLine());
        Done(_user.Sandpiper("install", "tide==2.0", "-i", index));
        Done(_user.Sandpiper("install", "pebble", "-i", index));

        Outcome collected = _user.Sandpiper("gc", "--keep", "0");
        Assert.Contains("generation 1 of `shared` stays: a program runs on it", collected.Error, StringComparison.Ordinal);
        Assert.Equal(" - shared 2\n", collected.Output);
        Assert.Equal(1, _user.Sandpiper("purge", "--yes").ExitCode);
        Assert.Equal(1, _user.Sandpiper("env", "remove", "shared").ExitCode);
        program.StandardInput.WriteLine("go on");
        Assert.Equal("imported", program.StandardOutput.ReadLine());
        program.WaitForExit();

        Assert.Equal(" - shared 1\n", Done(_user.Sandpiper("gc", "--keep", "0")).Output);
        Done(_user.Sandpiper("verify", "--full"));
        Done(_user.Sandpiper("run", "--", "python", "-c", "import tide, pebble"));
    }

    [Fact]
    public void Environments_are_listed_found_and_removed_by_name()
    {
        string index = _user.Serve(Harbour);
        Done(_user.Sandpiper("install", "tide==1.0", "-i", index));
        Done(_user.Sandpiper("install", "--env", "other", "tide==2.0", "-i", index));
        Assert.Equal(["other", "shared"],
            Done(_user.Sandpiper("env", "list")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]));
        string place = Done(_user.Sandpiper("env", "path", "other")).Output.TrimEnd('\n');
        Assert.Equal(_user.Generation("other"), new FileInfo(place).ResolveLinkTarget(returnFinalTarget: true)!.FullName);

        Done(_user.Sandpiper("env", "remove", "other"));

        Assert.False(Path.Exists(Path.GetDirectoryName(place)));
        Outcome gone = _user.Sandpiper("env", "remove", "other");
        Assert.True(gone.ExitCode == 1 && gone.Error.Contains("nothing was changed", StringComparison.Ordinal), $"{gone}");
        Assert.Equal(2, _user.Sandpiper("env", "remove").ExitCode);
        Assert.Equal(2, _user.Sandpiper("env", "move").ExitCode);
        Assert.Equal("pebble==1.2\ntide==1.0\n", Done(_user.Sandpiper("freeze")).Output);
    }

    [Fact]
    public void The_cache_goes_and_is_filled_again()
    {
        string index = _user.Serve(Harbour);
        Done(_user.Sandpiper("install", "pebble", "-i", index));
        Assert.Equal(_user.CacheRoot + "\n", Done(_user.Sandpiper("cache", "dir")).Output);
        Done(_user.Sandpiper("cache", "clean"));
        Assert.EndsWith("  0 bytes\n", Done(_user.Sandpiper("cache", "info")).Output, StringComparison.Ordinal);
        Done(_user.Sandpiper("install", "tide", "-i", index));
        Done(_user.Sandpiper("run", "--", "python", "-c", "import tide"));
    }

    [Fact]
    public void Everything_is_uninstalled_at_once()
    {
        Done(_user.Sandpiper("install", "pebble", "tide", "-i", _user.Serve(Harbour)));
        Assert.Equal(2, _user.Sandpiper("uninstall").ExitCode);
        Assert.Equal(2, _user.Sandpiper("uninstall", "--all", "tide").ExitCode);
        Done(_user.Sandpiper("uninstall", "--all"));
        Assert.Equal("", Done(_user.Sandpiper("freeze")).Output);
        Done(_user.Sandpiper("uninstall", "--all"));
        Done(_user.Sandpiper("rollback"));
        Assert.NotEqual("", Done(_user.Sandpiper("freeze")).Output);
    }

    private string[] Tree() =>
        [.. Done(_user.Run(["/usr/bin/find", _user.Home, "-printf", "%y %m %p\n"])).Output.Split('\n').Order(StringComparer.Ordinal)];

    private static Outcome Done(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return outcome;
    }
}
