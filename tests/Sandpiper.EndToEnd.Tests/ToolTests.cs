using System.Diagnostics;
using System.Text;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>A tool has an environment of its own and its commands on PATH; a name there is that of one environment.</summary>
public sealed class ToolTests : IDisposable
{
    private static readonly SampleIndex Harbour = new SampleIndex()
        .WithAll(OrdinaryPackages.Pebble(), OrdinaryPackages.Tide("1.0"), OrdinaryPackages.Tide("2.0"), OrdinaryPackages.Plover(),
            Command("gauge", "1.0", "tide").WithData("share/man/man1/gauge.1", Page("gauge"))
                .WithData("share/man/man1/sudo.1", Page("sudo"))
                .WithData("share/bash-completion/completions/gauge", "echo executed\n"u8.ToArray()),
            // Another package with a command of the same name.
            Command("rival", "1.0").WithConsoleScript("gauge", "rival:main"),
            // `rm *` where the commands lie.
            Command("lever", "1.0").WithConsoleScript("-rf", "lever:main"));

    private readonly Somebody _user = new();

    private string Bin => Path.Combine(_user.DataRoot, "bin");

    public ToolTests() => _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(Harbour);

    public void Dispose() => _user.Dispose();

    [Fact]
    public void A_tool_has_an_environment_of_its_name_and_its_own_commands_on_PATH()
    {
        Outcome installed = Done(_user.Sandpiper("install", "--tool", "gauge", "--with", "plover"));
        Assert.Contains("On the PATH, confined: gauge\n", installed.Error, StringComparison.Ordinal);
        Assert.Contains($"export PATH=\"$PATH:{Bin}\"", installed.Error, StringComparison.Ordinal);
        // Not those of what it needs, nor of what was added.
        Assert.Equal(["gauge"], Commands());
        Assert.Equal("gauge==1.0\npebble==1.2\nplover==0.3\ntide==2.0\n", Done(_user.Sandpiper("freeze", "--env", "gauge")).Output);
        Assert.Contains("on the PATH: gauge\n", Done(_user.Sandpiper("env", "list")).Output, StringComparison.Ordinal);
        Assert.NotEqual(0, _user.Sandpiper("list").ExitCode);

        _user.Write(Path.Combine(_user.Home, ".ssh/id"), "secret\n");
        Assert.Equal("gauge 1.0 sees a key: True\n", Done(_user.Run([Path.Combine(_user.Generation("gauge"), "bin/gauge")])).Output);
        Assert.Equal("gauge 1.0 sees a key: False\n", Done(_user.Run(["/bin/sh", "-c", $"PATH=$PATH:{Bin}; gauge"])).Output);
        Done(_user.Sandpiper("verify", "--env", "gauge"));

        Done(_user.Sandpiper("uninstall", "--tool", "gauge"));
        Assert.False(Path.Exists(Bin));
        Assert.False(Path.Exists(Path.Combine(_user.DataRoot, "envs/gauge")));
        Outcome gone = _user.Sandpiper("uninstall", "--tool", "gauge");
        Assert.True(gone.ExitCode == 1 && gone.Error.Contains("there is no tool `gauge`", StringComparison.Ordinal), $"{gone}");
    }

    // Both saw that the name was free, both were installed, and one of them had not the command for which it is there.
    [Fact]
    public void Of_two_that_want_one_name_at_the_same_time_one_is_installed_and_the_other_says_why_not()
    {
        string index = _user.Serve(new SampleIndex().WithAll(
            OrdinaryPackages.Small("larch", "1.0").WithConsoleScript("siskin", "larch:main"),
            OrdinaryPackages.Small("alder", "1.0").WithConsoleScript("siskin", "alder:main")));
        for (int round = 0; round < 20; round++)
        {
            string root = Path.Combine(_user.Home, $"root{round}");
            Outcome[] both = new Outcome[2];
            Parallel.Invoke(() => both[0] = Install("larch"), () => both[1] = Install("alder"));

            Assert.True(both.Select(o => o.ExitCode).Order().SequenceEqual([0, 3]), $"{both[0]}\n{both[1]}");
            Assert.Contains("--take siskin", both.Single(o => o.ExitCode == 3).Error, StringComparison.Ordinal);
            Assert.Single(Directory.GetDirectories(Path.Combine(root, "envs")));

            Outcome Install(string tool) => _user.Sandpiper("--root", root, "install", "--tool", tool, "-i", index);
        }
    }

    [Fact]
    public void What_is_no_tool_is_not_installed_as_one()
    {
        Outcome library = _user.Sandpiper("install", "--tool", "pebble");
        Assert.True(library.ExitCode == 1
            && library.Error.Contains("`pebble` has no command; nothing was changed", StringComparison.Ordinal), $"{library}");
        Done(_user.Sandpiper("install", "--env", "gauge", "pebble"));
        Outcome taken = _user.Sandpiper("install", "--tool", "gauge");
        Assert.True(taken.ExitCode == 1
            && taken.Error.Contains("the environment `gauge` is not a tool's", StringComparison.Ordinal), $"{taken}");
        Assert.Equal("pebble==1.2\n", Done(_user.Sandpiper("freeze", "--env", "gauge")).Output);
        Assert.Equal(1, _user.Sandpiper("uninstall", "--tool", "gauge").ExitCode);
        Assert.Equal(1, _user.Sandpiper("install", "--tool", "shared").ExitCode);
        Assert.Equal(2, _user.Sandpiper("install", "--tool").ExitCode);
        Assert.Equal(["gauge"], Environments());

        Done(_user.Sandpiper("install", "--tool", "--env", "gauge-tool", "gauge"));
        Assert.Equal(["gauge", "gauge-tool"], Environments());
        Assert.Equal("gauge-tool", HolderOf("gauge"));
        // By its own name it is found there as well.
        Done(_user.Sandpiper("uninstall", "--tool", "gauge"));
        Assert.Equal(["gauge"], Environments());
    }

    [Fact]
    public void A_name_that_is_no_command_of_a_tool_does_not_come_and_is_told()
    {
        Outcome installed = Done(_user.Sandpiper("install", "--tool", "lever", "--take", "leaver"));
        Assert.Equal(["lever"], Commands());
        Assert.Contains("`-rf` reads as an option", installed.Error, StringComparison.Ordinal);
        Assert.Contains("`leaver` is no command that `lever` could have", installed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_done_before_something_failed_is_said_and_not_that_nothing_was()
    {
        Outcome half = _user.Sandpiper("install", "--tool", "gauge", "nobody-has-this");
        Assert.Equal(1, half.ExitCode);
        Assert.Contains("× no version of `nobody-has-this` fits; `gauge` is at generation 1 now\n", half.Error, StringComparison.Ordinal);
        Outcome none = _user.Sandpiper("install", "--tool", "gauge", "nobody-has-this");
        Assert.Contains("× no version of `nobody-has-this` fits; nothing was changed\n", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_somebodys_own_where_commands_and_pages_come_is_neither_written_over_nor_removed()
    {
        string bin = _user.Write(Path.Combine(_user.Home, "own/bin/gauge"), "my program\n");
        string page = _user.Write(Path.Combine(_user.Home, "own/share/man/man1/gauge.1"), "my page\n");
        _user.Write(Path.Combine(_user.DataRoot, "keep"), "");
        Done(_user.Run(["/bin/ln", "-s", Path.Combine(_user.Home, "own/bin"), Path.Combine(_user.Home, "own/share"), _user.DataRoot]));
        Outcome installed = Done(_user.Sandpiper("install", "--tool", "gauge"));
        Assert.Contains($"`{Bin}` was put aside", installed.Error, StringComparison.Ordinal);
        Assert.Contains($"`{_user.DataRoot}/share` was put aside", installed.Error, StringComparison.Ordinal);
        Done(_user.Sandpiper("verify", "--env", "gauge"));

        File.Delete(Path.Combine(_user.DataRoot, "share/man/man1/gauge.1"));
        string there = _user.Write(Path.Combine(_user.DataRoot, "share/man/man1/gauge.1"), "written there\n");
        Assert.Contains($"`{there}` was put aside", Done(_user.Sandpiper("install", "--tool", "gauge", "--with", "plover")).Error,
            StringComparison.Ordinal);
        Done(_user.Sandpiper("uninstall", "--tool", "gauge"));
        Assert.Equal("my program\n", File.ReadAllText(bin));
        Assert.Equal("my page\n", File.ReadAllText(page));
    }

    [Fact]
    public void A_tool_whose_commands_cannot_be_removed_stays_whole()
    {
        Done(_user.Sandpiper("install", "--tool", "gauge"));
        Done(_user.Run(["/bin/chmod", "u-w", Bin]));
        string[] before = Tree();
        Outcome kept = _user.Sandpiper("uninstall", "--tool", "gauge");
        Assert.True(kept.ExitCode == 1 && kept.Error.Contains("nothing was changed", StringComparison.Ordinal), $"{kept}");
        Assert.Equal(before, Tree());
        Done(_user.Run(["/bin/chmod", "u+w", Bin]));
        Done(_user.Sandpiper("allow", "--env", "gauge", "gauge", "--write", "."));
        // What was allowed to the name is not forgotten with it, and that is told.
        Assert.Contains("holds for the next `gauge`: g1; sandpiper allow --withdraw g1\n",
            Done(_user.Sandpiper("uninstall", "--tool", "gauge")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tool_that_is_damaged_is_told_when_all_are_upgraded_with_what_helps()
    {
        Done(_user.Sandpiper("install", "--tool", "gauge", "lever"));
        string described = Path.Combine(_user.Generation("gauge"), "generation.json");
        Done(_user.Run(["/bin/chmod", "u+w", Path.GetDirectoryName(described)!, described]));
        _user.Write(described, "{");
        Outcome upgraded = Done(_user.Sandpiper("install", "--tool", "-U"));
        Assert.Contains("`gauge` is damaged and passed over ·  sandpiper verify --env gauge\n", upgraded.Error, StringComparison.Ordinal);
        Assert.Contains("damaged: sandpiper verify --env gauge", Done(_user.Sandpiper("env", "list")).Output, StringComparison.Ordinal);
        Outcome verified = _user.Sandpiper("verify", "--env", "gauge");
        Assert.Contains("`sandpiper env remove gauge`", verified.Error, StringComparison.Ordinal);
        Done(_user.Sandpiper("env", "remove", "gauge"));
        Assert.Equal(["lever"], Commands());
    }

    [Fact]
    public void The_line_that_is_printed_brings_the_commands_onto_PATH_wherever_they_lie()
    {
        string root = Path.Combine(_user.Home, "my$data");
        Outcome installed = Done(_user.Sandpiper("install", "--root", root, "--tool", "rival"));
        string line = installed.Error.Split('\n').Single(l => l.Contains("export PATH", StringComparison.Ordinal));
        Assert.StartsWith("rival 1.0", Done(_user.Run(["/bin/sh", "-c", $"{line}\nrival"])).Output, StringComparison.Ordinal);
        _user.Variables["PATH"] = $"/usr/bin:/bin:{root}/bin/";
        Outcome again = Done(_user.Sandpiper("install", "--root", root, "--tool", "rival"));
        Assert.DoesNotContain("export PATH", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_another_environment_has_is_never_taken_silently()
    {
        Done(_user.Sandpiper("install", "gauge"));
        Assert.Equal("shared", HolderOf("gauge"));

        Outcome refused = _user.Sandpiper("install", "--tool", "rival");
        Assert.True(refused.ExitCode == 3 && refused.Error.Contains("nothing was changed", StringComparison.Ordinal), $"{refused}");
        Assert.Contains("`gauge` is of `shared`", refused.Error, StringComparison.Ordinal);
        // Of which version, and from where, the command has said already.
        Assert.Contains("the same command for `rival` alone, with --take gauge\n", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["shared"], Environments());
        Assert.Equal("shared", HolderOf("gauge"));

        Done(_user.Sandpiper("install", "--tool", "--take", "gauge", "rival"));
        Assert.Equal("rival", HolderOf("gauge"));
        Assert.Equal("rival", HolderOf("rival"));
        // Neither finds fault with it, and no change of the other takes it back.
        Done(_user.Sandpiper("verify"));
        Done(_user.Sandpiper("verify", "--env", "rival"));
        Outcome still = Done(_user.Sandpiper("install", "tide==1.0"));
        Assert.Contains("still of `rival`: `gauge`", still.Error, StringComparison.Ordinal);
        Done(_user.Sandpiper("rollback"));
        Done(_user.Sandpiper("repair"));
        Assert.Equal("rival", HolderOf("gauge"));

        // It goes, and who would have had the name gets it.
        Outcome removed = Done(_user.Sandpiper("uninstall", "--tool", "rival"));
        Assert.Contains("now of `shared`: `gauge`", removed.Error, StringComparison.Ordinal);
        Assert.Equal("shared", HolderOf("gauge"));
        Done(_user.Sandpiper("verify"));
    }

    [Fact]
    public void A_package_is_installed_all_the_same_and_the_name_stays_where_it_is()
    {
        Done(_user.Sandpiper("install", "--tool", "gauge"));
        Outcome installed = Done(_user.Sandpiper("install", "rival"));
        Assert.Contains("still of `gauge`: `gauge`", installed.Error, StringComparison.Ordinal);
        Assert.Contains("--take gauge", installed.Error, StringComparison.Ordinal);
        Assert.Equal("gauge", HolderOf("gauge"));
        Assert.Equal("shared", HolderOf("rival"));
        Done(_user.Sandpiper("install", "--take", "gauge", "rival"));
        Assert.Equal("shared", HolderOf("gauge"));
    }

    [Fact]
    public void At_a_terminal_it_is_asked_whose_a_name_is()
    {
        Done(_user.Sandpiper("install", "gauge"));
        Outcome no = AtATerminal("""[["[y/N]", "n\r"]]""");
        Assert.Equal(3, no.ExitCode);
        Assert.DoesNotContain("\e[?1h", no.Output, StringComparison.Ordinal);    // keys are as they were
        Assert.Equal(["shared"], Environments());
        Outcome yes = AtATerminal("""[["`gauge` on the PATH is that of `shared`. Let `rival` have it? [y/N]", "y\r"]]""");
        Assert.True(yes.ExitCode == 0, $"{yes}");
        Assert.Equal("rival", HolderOf("gauge"));

        // Ctrl-C is an answer, and the question is seen where nothing else is said.
        Done(_user.Sandpiper("uninstall", "--tool", "rival"));
        Outcome interrupted = SomebodyAtATerminal.Run(
            _user, """[["[y/N]", "\u0003"]]""", "install", "-q", "--tool", "rival", "--compile", "never");
        Assert.Equal(130, interrupted.ExitCode);
        Assert.Equal(["shared"], Environments());

        Outcome AtATerminal(string steps) => SomebodyAtATerminal.Run(_user, steps, "install", "--tool", "rival", "--compile", "never");
    }

    [Fact]
    public void A_command_goes_on_when_the_program_was_moved_and_starts_nothing_where_it_is_gone()
    {
        string old = Path.Combine(_user.Home, "old"), moved = Path.Combine(_user.Home, "moved");
        Done(_user.Run(["/bin/mkdir", old, moved]));
        Done(_user.Run(["/bin/cp", PublishedCommand.Path, $"{old}/sandpiper"]));
        Done(_user.Run([$"{old}/sandpiper", "install", "--compile", "never", "--tool", "gauge"]));
        Done(_user.Run(["/bin/mv", $"{old}/sandpiper", $"{moved}/sandpiper"]));

        Assert.Equal("gauge 1.0 sees a key: False\n", Done(Gauge($"PATH={moved}:$PATH")).Output);
        Outcome none = Gauge("");
        Assert.True(none is { ExitCode: 127, Output: "" }
            && none.Error.Contains("sandpiper is neither at", StringComparison.Ordinal), $"{none}");
        // A project cannot put itself in its place where PATH has a relative entry.
        _user.Write("sandpiper", "#!/bin/sh\necho taken in\n");
        Done(_user.Run(["/bin/chmod", "+x", "sandpiper"]));
        Assert.Equal("taken in\n", Done(_user.Run(["/bin/sh", "-c", "PATH=/usr/bin:/bin:.; sandpiper"])).Output);
        Outcome project = Gauge("PATH=$PATH:.");
        Assert.True(project is { ExitCode: 127, Output: "" }, $"{project}");

        Done(_user.Run([$"{moved}/sandpiper", "install", "--compile", "never", "pebble"]));
        Assert.Equal("gauge 1.0 sees a key: False\n", Done(Gauge("")).Output);

        // Whatever this machine has besides.
        Outcome Gauge(string path) => _user.Run(["/bin/sh", "-c", $"PATH=/usr/bin:/bin\n{path}\n{Bin}/gauge"]);
    }

    [Fact]
    public void The_manual_page_of_a_command_is_where_man_looks_and_no_other_and_no_completion()
    {
        Done(_user.Sandpiper("install", "--tool", "gauge"));
        string pages = Path.Combine(_user.DataRoot, "share/man");
        Assert.Equal(["gauge.1"], Directory.GetFiles(Path.Combine(pages, "man1")).Select(p => Path.GetFileName(p)));
        Assert.Contains("gauge", File.ReadAllText(Path.Combine(pages, "man1/gauge.1")), StringComparison.Ordinal);
        Assert.Equal(["man"], Directory.GetDirectories(Path.Combine(_user.DataRoot, "share")).Select(d => Path.GetFileName(d)));
        if (File.Exists("/usr/bin/manpath"))
        {
            Outcome found = _user.Run(["/bin/sh", "-c", $"unset MANPATH; PATH=$PATH:{Bin} /usr/bin/manpath -q"]);
            Assert.Contains(pages, found.Output.TrimEnd().Split(':'));
        }
        Done(_user.Sandpiper("uninstall", "--tool", "gauge"));
        Assert.False(Path.Exists(Path.Combine(_user.DataRoot, "share")));
    }

    [Fact]
    public void The_last_ten_generations_are_kept_and_who_goes_further_back_is_told()
    {
        Done(_user.Sandpiper("install", "tide==1.0"));
        using Process program = _user.Start([PublishedCommand.Path, "run", "--", "python", "-c",
            "print('runs', flush=True); input(); import tide; print(tide.__file__ and 'imported')"]);
        Assert.Equal("runs", program.StandardOutput.ReadLine());
        for (int i = 0; i < 19; i++) Done(_user.Sandpiper("install", $"tide=={(i % 2 == 0 ? "2.0" : "1.0")}"));

        Assert.Equal(Enumerable.Range(1, 20), Generations());
        Done(_user.Sandpiper("install", "tide==1.0"));

        // The twenty-first is current, ten more are in reach, and a program runs on the first.
        Assert.Equal([1, .. Enumerable.Range(11, 11)], Generations());
        Outcome gone = _user.Sandpiper("rollback", "2");
        Assert.True(gone.ExitCode == 1 && gone.Error.Contains("it was removed to free space", StringComparison.Ordinal), $"{gone}");
        Outcome never = _user.Sandpiper("rollback", "77");
        Assert.True(never.ExitCode == 1 && !never.Error.Contains("removed", StringComparison.Ordinal), $"{never}");
        Assert.Contains("generation 21 (12 kept), ", Done(_user.Sandpiper("env", "list")).Output, StringComparison.Ordinal);
        string[] history = Done(_user.Sandpiper("history")).Output.Split('\n');
        Assert.Equal(Enumerable.Range(2, 9).Select(n => $"{n,3} ×"),
            history.Where(l => l.Contains('×', StringComparison.Ordinal)).Select(l => l[..5]).Order(StringComparer.Ordinal));

        program.StandardInput.WriteLine("go on");
        Assert.Equal("imported", program.StandardOutput.ReadLine());
        program.WaitForExit();
        Done(_user.Sandpiper("rollback", "11"));
        Assert.Equal("pebble==1.2\ntide==1.0\n", Done(_user.Sandpiper("freeze")).Output);
        Assert.Contains(21, Generations());
        Done(_user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void After_purge_nothing_of_a_tool_is_left()
    {
        string[] before = Tree();
        Done(_user.Sandpiper("install", "--tool", "gauge", "rival", "--take", "gauge"));
        Done(_user.Run([$"{Bin}/rival"]));
        Done(_user.Sandpiper("purge", "--yes"));
        Assert.Equal(before, Tree());
    }

    private static SampleWheel Command(string name, string version, params string[] requires) => new SampleWheel(name, version)
        .WithRequires(requires)
        .WithConsoleScript(name, $"{name}:main")
        .WithFile($"{name}/__init__.py", $"""
            import os
            def main(): print("{name}", "{version}", "sees a key:", os.path.exists(os.path.expanduser("~/.ssh/id")))

            """);

    private static byte[] Page(string name) => Encoding.UTF8.GetBytes($".TH {name} 1\n.SH NAME\n{name} \\- a page\n");

    private string HolderOf(string command)
    {
        string line = File.ReadLines(Path.Combine(Bin, command)).First(l => l.StartsWith("set -- run", StringComparison.Ordinal));
        return line.Split(" --env '") is [_, var rest] ? rest.Split('\'')[0] : "shared";
    }

    private string[] Commands() => [.. Directory.GetFiles(Bin).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    private string[] Environments() => [.. Directory.GetDirectories(Path.Combine(_user.DataRoot, "envs"))
        .Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    // What was set aside goes when the command has ended.
    private int[] Generations()
    {
        string all = Path.Combine(_user.DataRoot, "envs/shared/generations");
        Assert.True(SpinWait.SpinUntil(() => Directory.GetDirectories(all, "*.gone").Length == 0, Patience.Endless), "nobody removes it");
        return [.. Directory.GetDirectories(all)
            .Select(p => int.Parse(Path.GetFileName(p), System.Globalization.CultureInfo.InvariantCulture)).Order()];
    }

    private string[] Tree() =>
        [.. Done(_user.Run(["/usr/bin/find", _user.Home, "-printf", "%y %m %p\n"])).Output.Split('\n').Order(StringComparer.Ordinal)];

    private static Outcome Done(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return outcome;
    }
}
