using System.Diagnostics;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What a program leaves in its home is kept, told and can be taken out; and it leads nowhere outside.</summary>
public sealed class PrivateHomeTests : IDisposable
{
    private readonly Somebody _user = new();

    public PrivateHomeTests()
    {
        Done(_user.Sandpiper("install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));
        _user.Write("setup.py", "");
    }

    public void Dispose() => _user.Dispose();

    private string[] Homes => Directory.Exists(Path.Combine(_user.DataRoot, "homes"))
        ? [.. Directory.GetDirectories(Path.Combine(_user.DataRoot, "homes")).Select(home => Path.Combine(home, "home"))] : [];

    [Fact]
    public void What_a_program_left_there_is_told_there_at_the_next_run_and_can_be_taken_out()
    {
        Outcome first = Shell("echo 1,2 > ~/report.csv; mkdir -p ~/.cache; echo x > ~/.cache/x");
        Assert.Equal("sandpiper: report.csv lies in this project's private home ·  sandpiper home take report.csv\n", first.Error);
        Assert.False(File.Exists(Path.Combine(_user.Home, "report.csv")));
        Outcome second = Shell("cat ~/report.csv ~/.cache/x");
        Assert.Equal(("1,2\nx\n", ""), (second.Output, second.Error));
        string[] shown = _user.Sandpiper("home").Output.Split('\n');
        Assert.StartsWith(Assert.Single(Homes), shown[0], StringComparison.Ordinal);
        Assert.Equal(["  report.csv", ""], shown[1..]);

        Outcome half = _user.Sandpiper("home", "take", "report.csv", "absent.csv", "--to", _user.Home);
        Assert.Contains("there is no `absent.csv` in this project's private home; `report.csv` was copied\n", half.Error,
            StringComparison.Ordinal);
        Done(_user.Sandpiper("home", "take", "report.csv"));
        Assert.Equal("1,2\n", File.ReadAllText(Path.Combine(_user.Project, "report.csv")));
        Assert.Equal(1, _user.Sandpiper("home", "take", "report.csv").ExitCode);
        Done(_user.Sandpiper("home", "empty"));
        Assert.Equal(1, Shell("test -e ~/report.csv").ExitCode);
    }

    [Theory]
    [InlineData("settings")]
    [InlineData(".tool/settings")]
    public void What_was_shown_once_is_not_an_empty_file_for_the_next_program(string name)
    {
        string shown = _user.Write(Path.Combine(_user.Home, name), "mine\n");
        Assert.Equal("mine\n", _user.Sandpiper("run", "--read", shown, "--", "cat", shown).Output);
        Assert.Equal(1, Shell($"test -e {shown}").ExitCode);
        // What a program wrote there itself stays.
        Done(_user.Sandpiper("run", "--", "sh", "-c", $"mkdir -p ~/.tool; echo own > {shown}"));
        Done(_user.Sandpiper("run", "--read", shown, "--", "cat", shown));
        Assert.Equal("own\n", Shell($"cat {shown}").Output);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("data/deep/er")]
    public void What_was_shown_once_leaves_no_directory_and_what_a_program_made_stays(string name)
    {
        string shown = Path.GetDirectoryName(_user.Write(Path.Combine(_user.Home, name, "file"), "mine\n"))!;
        Assert.Equal("mine\n", _user.Sandpiper("run", "--read", shown, "--", "cat", $"{shown}/file").Output);
        Assert.Equal("project\n", Shell("ls ~").Output);
        // A directory of its own stays, be it empty, around what is shown or in its place.
        Done(Shell("mkdir -p ~/data/deep"));
        Done(_user.Sandpiper("run", "--read", shown, "--", "true"));
        Assert.Equal("data\ndata/deep\n", Shell("cd && find data").Output);
    }

    [Fact]
    public void What_a_program_left_beside_what_was_shown_stays()
    {
        string shown = Path.GetDirectoryName(_user.Write(Path.Combine(_user.Home, "data/deep/er/file"), "mine\n"))!;
        Done(_user.Sandpiper("run", "--read", shown, "--", "sh", "-c", "echo x > ~/data/deep/left"));
        Assert.Equal("data\ndata/deep\ndata/deep/left\n", Shell("cd && find data").Output);
    }

    [Fact]
    public void Where_this_environment_has_none_the_one_that_has_one_is_named()
    {
        Assert.Equal("No program of this project has a home yet.\n", _user.Sandpiper("home").Error);
        Done(_user.Sandpiper("install", "--env", "other", "-i", _user.Serve(
            new SampleIndex().With(OrdinaryPackages.Pebble()).With(OrdinaryPackages.Tide())), "tide"));
        Done(_user.Sandpiper("run", "--env", "other", "--", "sh", "-c", "echo x > ~/left"));
        Assert.Equal("No program of this project has a home yet; one of `other` has ·  sandpiper home --env other\n",
            _user.Sandpiper("home").Error);
    }

    [Fact]
    public void Packages_of_another_environment_are_nowhere_and_none_has_a_place_in_the_home()
    {
        string index = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()).With(OrdinaryPackages.Tide()));
        Done(_user.Sandpiper("install", "--env", "other", "tide", "-i", index));
        string store = Path.Combine(_user.DataRoot, "store"), ours = Path.Combine(store, "by-shared");
        int wheels = Directory.GetDirectories(store).Count(entry => Directory.Exists(Path.Combine(entry, "wheel")));
        string[] seen = Shell($"ls {store}; ls {store}/*").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["by-shared", .. Directory.GetFileSystemEntries(ours).Select(entry => Path.GetFileName(entry))], seen);
        Assert.True(wheels > 1, $"{wheels}");
        Assert.Contains("Read-only file system", Shell($"mkdir {ours}/more").Error, StringComparison.Ordinal);
        string home = Path.Combine(Assert.Single(Homes), Path.GetRelativePath(_user.Home, store));
        Assert.Equal([Path.Combine(home, "by-shared")], Directory.GetFileSystemEntries(home, "*", SearchOption.AllDirectories));

        // What is of several lies in memory, which nobody else writes to.
        Assert.Equal("closed", _user.Sandpiper("run", "--env", "other", "--", "sh", "-c",
            $"mkdir {store}/more 2>/dev/null || echo closed; ls {store}/*/*/wheel > /dev/null").Output.Trim());
        home = Path.Combine(Homes.Single(other => !home.StartsWith(other, StringComparison.Ordinal)),
            Path.GetRelativePath(_user.Home, store));
        Assert.Empty(Directory.GetFileSystemEntries(home));
    }

    [Fact]
    public void Who_reads_the_whole_store_reads_it_and_finds_the_packages_where_they_are()
    {
        Done(_user.Sandpiper("install", "--env", "other", "tide", "-i",
            _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()).With(OrdinaryPackages.Tide()))));
        string store = Path.Combine(_user.DataRoot, "store");
        Outcome seen = _user.Sandpiper("run", "--read", _user.DataRoot, "--", "sh", "-c",
            $"ls {store}; python -c 'import pebble'; mkdir {store}/more 2>/dev/null || echo closed");
        IEnumerable<string> entries = Directory.GetFileSystemEntries(store).Select(entry => Path.GetFileName(entry)!);
        Assert.Equal([.. entries.Order(StringComparer.Ordinal), "closed"], seen.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Another_project_another_environment_and_a_fresh_one_have_none_of_it()
    {
        Shell("echo x > ~/mine");
        Assert.Equal(1, _user.Sandpiper("run", "--home", "fresh", "--", "sh", "-c", "test -e ~/mine").ExitCode);
        Assert.Equal("", _user.Sandpiper("run", "--home", "fresh", "--", "sh", "-c", "echo x > ~/fresh").Error);
        _user.Write("../other/setup.py", "");
        Assert.Equal(1, _user.Run([PublishedCommand.Path, "run", "--", "sh", "-c", "test -e ~/mine"],
            Path.Combine(_user.Home, "other")).ExitCode);
        Done(_user.Sandpiper("install", "--env", "other", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));
        Assert.Equal(1, _user.Sandpiper("run", "--env", "other", "--", "sh", "-c", "test -e ~/mine || exit 1").ExitCode);
        Assert.Equal(1, Shell("test -e ~/fresh").ExitCode);
        Assert.Equal(3, Homes.Length);
        Done(_user.Sandpiper("env", "remove", "other"));
        Assert.Equal(2, Homes.Length);
        Done(_user.Sandpiper("purge", "--yes"));
        Assert.False(Path.Exists(_user.DataRoot));
    }

    // What the program had before is where bubblewrap makes the places for the next one.
    [Theory]
    [InlineData("rm -rf ~/.local; ln -s {0} ~/.local")]
    [InlineData("rm -rf ~/.local; ln -s /oldroot{0} ~/.local")]
    [InlineData("rm -rf ~/.local/share; ln -s /oldroot{0} ~/.local/share")]
    [InlineData("mv ~/project ~/p; ln -s /oldroot{0} ~/project")]
    [InlineData("rm -rf ~/.local; echo x > ~/.local")]
    [InlineData("rm -rf ~/.local; mkdir -p ~/.local/share/sandpiper; chmod 0 ~/.local/share ~/.local ~")]
    [InlineData("mkfifo ~/pipe; chmod 0 ~/pipe")]
    public void Nothing_that_it_leaves_there_leads_outside_or_keeps_the_next_one_from_starting(string planting)
    {
        string outside = Path.GetDirectoryName(_user.Write("../outside/mine", "a decoy\n"))!;
        // From a directory where the place of the project is not yet taken, too.
        Shell(string.Format(System.Globalization.CultureInfo.InvariantCulture, planting, outside));
        foreach (string home in Homes)
        {
            string link = Path.Combine(home, "project");
            if (planting.StartsWith("mv", StringComparison.Ordinal) && Directory.Exists(link)) PlantInstead(link, $"/oldroot{outside}");
        }
        var before = Tree.Of(outside);

        Outcome next = _user.Sandpiper("run", "--", "python", "-c", "import pebble, os; print(os.path.exists('setup.py'))");

        Assert.True(next.ExitCode is 0 && next.Output is "True\n", $"{next}");
        Assert.Equal(before, Tree.Of(outside));
    }

    [Fact]
    public void A_key_is_not_taken_out_by_a_link_to_it()
    {
        string key = _user.Write("../.ssh/id_ed25519", "a decoy\n");
        Shell($"ln -s {key} ~/report.csv; mkdir ~/d; ln -s {key} ~/d/key; echo x > ~/d/x");
        Assert.Equal(1, _user.Sandpiper("home", "take", "report.csv").ExitCode);
        Assert.Equal(1, _user.Sandpiper("home", "take", "d").ExitCode);
        Assert.Equal(["x"], Directory.GetFileSystemEntries(Path.Combine(_user.Project, "d")).Select(p => Path.GetFileName(p)));
        Assert.False(Path.Exists(Path.Combine(_user.Project, "report.csv")));
    }

    // In one home it could have empty directories made wherever it likes, and its own packages put in the place of the other's.
    [Fact]
    public void A_program_that_renames_what_lies_in_its_home_disturbs_no_other_one_and_leads_nowhere()
    {
        string outside = Path.GetDirectoryName(_user.Write("../outside/mine", "a decoy\n"))!;
        string swap = _user.Write("swap.py", $$"""
            import ctypes, os
            swap = ctypes.CDLL(None).renameat2
            os.symlink("/oldroot{{outside}}", os.path.expanduser("~/evil"))
            home = os.open(os.path.expanduser("~"), os.O_RDONLY)
            open("ready", "w").close()
            while not os.path.exists("enough"):
                for _ in range(101): swap(home, b".local", home, b"evil", 2)
            """);
        using Process swapping = _user.Start([PublishedCommand.Path, "run", "--write", ".", "--", "python", swap]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_user.Project, "ready")), Patience.Endless));
        var before = Tree.Of(outside);

        Outcome[] starts = [.. Enumerable.Range(0, 10).Select(_ => _user.Sandpiper("run", "--", "python", "-c", "import pebble"))];

        _user.Write("enough", "");
        Assert.True(swapping.WaitForExit(Patience.Endless));
        Assert.All(starts, start => Assert.True(start.ExitCode == 0, $"{start}"));
        Assert.Equal(before, Tree.Of(outside));
        // The next one has the home that was left so.
        Assert.Equal(0, _user.Sandpiper("run", "--", "python", "-c", "import pebble").ExitCode);
        Assert.Equal(before, Tree.Of(outside));
    }

    [Fact]
    public void What_programs_left_that_ran_at_once_is_shown_together_and_is_not_emptied_under_them()
    {
        using Process waiting = _user.Start([PublishedCommand.Path, "run", "--write", ".", "--", "sh", "-c",
            "echo 1 > ~/a; touch ready; while [ ! -e go ]; do sleep 0.05; done"]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_user.Project, "ready")), Patience.Endless));
        Outcome refused = _user.Sandpiper("home", "empty");
        Assert.True(refused.ExitCode is 1 && refused.Error.Contains("in use", StringComparison.Ordinal), $"{refused}");
        Done(Shell("test ! -e ~/a; echo 2 > ~/b; echo 2 > ~/a"));
        string[] shown = _user.Sandpiper("home").Output.Split('\n');
        Assert.Equal(["  a", "  a", "  b"], shown.Where(line => line.StartsWith(' ')));
        Done(_user.Sandpiper("home", "take", "a", "b"));
        Assert.Equal("2\n", File.ReadAllText(Path.Combine(_user.Project, "a")));
        _user.Write("go", "");
        Assert.True(waiting.WaitForExit(Patience.Endless));
        Assert.Equal(0, waiting.ExitCode);
        Done(_user.Sandpiper("home", "empty"));
        Assert.Empty(Homes);
    }

    private static void PlantInstead(string place, string target)
    {
        Directory.Delete(place, recursive: true);
        File.CreateSymbolicLink(place, target);
    }

    private Outcome Shell(string script) => _user.Sandpiper("run", "--", "sh", "-c", script);

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
