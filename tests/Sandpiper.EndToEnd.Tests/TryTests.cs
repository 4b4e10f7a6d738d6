using System.Diagnostics;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary><c>try</c> runs a package once, confined, and leaves every environment as it was.</summary>
public sealed class TryTests : IDisposable
{
    private readonly Somebody _user = new();

    public void Dispose() => _user.Dispose();

    private string[] Environments => Directory.Exists(Path.Combine(_user.DataRoot, "envs"))
        ? Directory.GetDirectories(Path.Combine(_user.DataRoot, "envs")) : [];

    [Fact]
    public void A_command_runs_once_and_nothing_of_its_environment_is_left()
    {
        ServeTide();
        Outcome tried = _user.Sandpiper("try", "tide");
        Assert.True(tried.ExitCode == 0 && tried.Output.StartsWith("hour   metres\n", StringComparison.Ordinal), $"{tried}");
        Assert.Equal("sandpiper: tide 2.0 and 1 more, for this once\n", tried.Error);
        Assert.Empty(Environments);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_user.DataRoot, "staging")));
        // The wheels are kept, so that the same is not fetched twice.
        Assert.Equal(2, Directory.GetFileSystemEntries(Path.Combine(_user.DataRoot, "store")).Length);
        Assert.Equal(tried.Output, _user.Sandpiper("try", "tide").Output);
    }

    [Fact]
    public void What_was_tried_is_not_shown_to_other_programs()
    {
        string index = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()).With(OrdinaryPackages.Tide())
            .With(OrdinaryPackages.Small("gull", "1.0")));
        Assert.Equal(0, _user.Sandpiper("try", "-i", index, "--command", "python", "gull", "-c", "import gull").ExitCode);
        Assert.Equal(0, _user.Sandpiper("try", "-i", index, "tide").ExitCode);
        Assert.Equal(0, _user.Sandpiper("install", "-i", index, "tide").ExitCode);
        // Of three that were tried two were installed then, and these two are there.
        Outcome seen = _user.Sandpiper("run", "--", "python", "-c", "import glob, os, pebble, tide; print(len(glob.glob("
            + $"'{Path.Combine(_user.DataRoot, "store")}/**/wheel', recursive=True)))");
        Assert.True(seen.Output is "2\n", $"{seen}");
        Assert.Equal(3, Directory.GetFileSystemEntries(Path.Combine(_user.DataRoot, "store")).Length);
    }

    // Ctrl-C was the end of the process, and its environment stayed.
    [Fact]
    public void Ctrl_C_in_the_place_of_an_answer_leaves_the_review_for_later_and_nothing_else()
    {
        ServeTide();
        _user.Write("pyproject.toml", "");
        Outcome tried = SomebodyAtATerminal.Run(_user, """[["dr[o]p", "\u0003"]]""",
            "try", "--review", "--command", "python", "pebble", "-c", "open('left', 'w').close()");
        Assert.Equal(130, tried.ExitCode);
        Assert.Contains("sandpiper review take 1", tried.Output, StringComparison.Ordinal);
        Assert.Empty(Environments);
        Assert.Contains("1 change in", _user.Sandpiper("review").Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_user.Project, "left")));
    }

    [Fact]
    public void Its_words_are_the_programs_and_so_is_the_exit_code()
    {
        ServeTide();
        Outcome tried = _user.Sandpiper(
            "try", "--command", "python", "pebble", "-c", "import sys; print(sys.argv); sys.exit(3)", "--net", "-q");
        Assert.Equal((3, "['-c', '--net', '-q']\n"), (tried.ExitCode, tried.Output));
        Outcome none = _user.Sandpiper("try", "pebble");
        Assert.True(none.ExitCode == 125 && none.Error.Contains("--command python pebble", StringComparison.Ordinal), $"{none}");
        Outcome absent = _user.Sandpiper("try", "absent");
        Assert.True(absent.ExitCode == 125 && absent.Output.Length == 0, $"{absent}");
        Assert.Empty(Environments);
    }

    [Fact]
    public void It_may_do_no_more_than_is_typed_whatever_is_allowed_elsewhere()
    {
        ServeTide();
        _user.Write("setup.py", "");
        Done(_user.Sandpiper("install", "tide"));
        Done(_user.Sandpiper("allow", "python", "--write", "."));
        const string Write = "open('left', 'w'); open('/tmp/x', 'w'); open(__import__('os').path.expanduser('~/x'), 'w')";
        Assert.Equal(1, _user.Sandpiper("try", "--command", "python", "tide", "-c", Write).ExitCode);
        Assert.False(File.Exists(Path.Combine(_user.Project, "left")));
        Done(_user.Sandpiper("try", "--write", ".", "--command", "python", "tide", "-c", Write));
        Assert.True(File.Exists(Path.Combine(_user.Project, "left")));
        Assert.False(Directory.Exists(Path.Combine(_user.DataRoot, "homes")));
        // What was allowed for the name did not come from there.
        Outcome hidden = _user.Sandpiper("try", "--cwd", "none", "--command", "python", "tide", "-c", "open('setup.py')");
        Assert.Equal(1, hidden.ExitCode);
    }

    [Fact]
    public void What_install_refuses_for_its_hook_can_be_looked_at_and_reaches_nothing()
    {
        string marker = Path.Combine(_user.Project, "hook-ran"), inside = "/tmp/hook-ran";
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(new SampleIndex()
            .With(HostilePackages.WheelWithPthHook(inside)).With(HostilePackages.WheelWithUnlistedFile(marker)));
        Outcome refused = _user.Sandpiper("install", "pth-hook");
        Assert.True(refused.ExitCode == 3 && refused.Error.Contains("sandpiper try pth-hook==1.0", StringComparison.Ordinal), $"{refused}");

        Outcome tried = _user.Sandpiper("try", "--command", "python", "pth-hook", "-c", $"print(open('{inside}').read())");

        Assert.True(tried.ExitCode == 0 && tried.Output.Contains(".pth hook ran", StringComparison.Ordinal), $"{tried}");
        Assert.Contains("`install` would refuse pth-hook 1.0 (SP-WHEEL-21): its wheel brings `pth_hook.pth`", tried.Error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(marker));
        Outcome unlisted = _user.Sandpiper("try", "--command", "python", "stowaway", "-c", "import stowaway");
        Assert.True(unlisted.ExitCode == 0 && unlisted.Error.Contains("(SP-WHEEL-06)", StringComparison.Ordinal), $"{unlisted}");
        // That it was tried allows nothing.
        Assert.Equal(3, _user.Sandpiper("install", "pth-hook").ExitCode);
        Assert.Equal(3, _user.Sandpiper("install", "stowaway").ExitCode);
    }

    [Fact]
    public void What_says_nothing_clear_of_itself_and_other_bytes_of_a_known_name_are_refused_here_too()
    {
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(new SampleIndex().With(HostilePackages.WheelThatReplacesPython("/tmp/x")));
        Assert.Equal(125, _user.Sandpiper("try", "--command", "python", "python-replacer").ExitCode);
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        Done(_user.Sandpiper("install", "pebble"));
        Done(_user.Sandpiper("uninstall", "--all"));
        Done(_user.Sandpiper("cache", "clean"));
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(
            new SampleIndex().With(OrdinaryPackages.Pebble().WithFile("pebble/more.py", "")));
        Outcome others = _user.Sandpiper("try", "--command", "python", "pebble", "-c", "pass");
        Assert.True(others.ExitCode == 125 && others.Error.Contains("SP-WHEEL-17", StringComparison.Ordinal), $"{others}");
        Assert.DoesNotContain(Environments, e => Path.GetFileName(e).StartsWith("try-", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_was_killed_is_removed_by_the_next_and_one_that_runs_is_not()
    {
        ServeTide();
        using Process running = Sleeping("running"), killed = Sleeping("killed");
        Assert.Equal(2, Environments.Length);
        killed.Kill();
        Assert.True(killed.WaitForExit(Patience.Endless));
        Done(_user.Sandpiper("try", "tide"));
        string left = Assert.Single(Environments);
        Done(_user.Sandpiper("gc"));
        Assert.Equal([left], Environments);
        _user.Write("go", "");
        Assert.True(running.WaitForExit(Patience.Endless));
        Assert.Equal(0, running.ExitCode);
        Assert.Empty(Environments);
    }

    [Fact]
    public void Gc_removes_what_a_killed_one_left()
    {
        ServeTide();
        using Process killed = Sleeping("killed");
        killed.Kill();
        Assert.True(killed.WaitForExit(Patience.Endless));
        Done(_user.Sandpiper("gc"));
        Assert.Empty(Environments);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_user.DataRoot, "store")));
    }

    private Process Sleeping(string ready)
    {
        string sleep = $"import os, time; open('{ready}', 'w').close()\nwhile not os.path.exists('go'): time.sleep(0.05)";
        Process process = _user.Start(
            [PublishedCommand.Path, "try", "--write", ".", "--command", "python", "tide", "-c", sleep]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_user.Project, ready)), Patience.Endless));
        return process;
    }

    private void ServeTide() => _user.Variables["SANDPIPER_INDEX_URL"] =
        _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()).With(OrdinaryPackages.Tide()));

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
