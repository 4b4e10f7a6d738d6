using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// Promises P3, P4 and P10 on days when things go wrong: an error in words, the old generation intact, nothing left behind.
/// </summary>
public sealed class BadDayTests
{
    private static readonly SampleIndex Harbour = new SampleIndex().WithAll(OrdinaryPackages.Pebble(), OrdinaryPackages.Tide());

    public static TheoryData<string> BadIndexes => [.. Bad.Keys];

    private static readonly SampleWheel Tide = OrdinaryPackages.Tide();

    private static readonly Dictionary<string, SampleIndex> Bad = new(StringComparer.Ordinal)
    {
        ["no such project"] = new SampleIndex().With(OrdinaryPackages.Plover()),
        ["a dependency is missing"] = new SampleIndex().With(Tide.WithRequires("driftwood")),
        ["another file than the index said"] = new SampleIndex().With(Tide, new SampleOffer { Sha256 = new string('0', 64) }),
        ["swapped"] = new SampleIndex().With(Tide, new SampleOffer { Content = OrdinaryPackages.Tide("2.0.1").Build() }),
        ["truncated"] = new SampleIndex().With(Tide, new SampleOffer { Content = Tide.Build().AsMemory(0, 300) }),
        ["truncated and hashed so"] = new SampleIndex().With(Tide, Offering(Tide.Build()[..300])),
        ["no zip at all"] = new SampleIndex().With(Tide, Offering(Encoding.UTF8.GetBytes("<html>Please log in</html>"))),
        ["an empty file"] = new SampleIndex().With(Tide, Offering([])),
        ["metadata beside the wheel that is not the wheel's"] = new SampleIndex().With(Tide, new SampleOffer
        {
            Metadata = OrdinaryPackages.Pebble("2.0").Metadata,
        }),
        ["another project's wheel under this name"] = new SampleIndex().With(Tide, Offering(OrdinaryPackages.Plover().Build())),
        ["no hash at all"] = new SampleIndex().With(Tide, new SampleOffer { WithoutHash = true, Content = "no zip"u8.ToArray() }),
    };

    [Theory]
    [MemberData(nameof(BadIndexes))]
    public void What_an_index_gives_wrongly_changes_nothing(string what)
    {
        using var user = new Somebody();
        Done(user.Sandpiper("install", "pebble", "-i", user.Serve(Harbour)));
        var before = Tree.Of(Path.Combine(user.DataRoot, "envs"));

        using var server = new IndexServer(Bad[what]);
        Outcome bySocket = user.Sandpiper("install", "tide", "-i", server.Address);
        Outcome byFile = user.Sandpiper("install", "tide", "-i", user.Serve(Bad[what]));

        foreach (Outcome outcome in (Outcome[])[bySocket, byFile])
        {
            Assert.True(outcome.ExitCode is 1 or 3, $"{outcome}");
            IsInWords(outcome);
        }
        Assert.Equal(before, Tree.Of(Path.Combine(user.DataRoot, "envs")));
        Assert.Empty(Tree.Of(Path.Combine(user.DataRoot, "staging")));
        Assert.Equal(0, user.Sandpiper("verify", "--full").ExitCode);
    }

    // `--read etc` showed it /etc.
    [Theory]
    [InlineData("run --read etc -- true", 125)]
    [InlineData("run --write . -- true", 125)]
    [InlineData("allow true --read etc", 1)]
    [InlineData("home take --to etc x", 1)]
    [InlineData("install -r requirements.txt", 1)]
    [InlineData("list --root data", 1)]
    public void A_path_from_a_directory_that_is_gone_leads_nowhere_and_not_from_the_root(string words, int exitCode)
    {
        using var user = new Somebody();
        Done(user.Sandpiper("install", "pebble", "-i", user.Serve(Harbour)));
        Outcome refused = user.Run(
            ["/bin/sh", "-c", $"mkdir gone && cd gone && rmdir ../gone && exec \"$0\" {words}", PublishedCommand.Path]);
        Assert.Equal(exitCode, refused.ExitCode);
        Assert.StartsWith("× the directory that you stand in is gone; nothing was changed\n", refused.Error, StringComparison.Ordinal);
        IsInWords(refused);
    }

    // A hook stayed where it was made, and nobody was told: what keeps it aside had no room for its record, and that was the end.
    [Fact]
    public void A_program_that_fills_the_disk_has_what_others_run_kept_aside_and_its_review_kept()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can mount a small disk");
        using var user = new Somebody();
        Outcome outcome = OnASmallDisk(user, """
            "$0" run --write . -- sh -c 'echo x > .envrc; dd if=/dev/zero of=big bs=1k count=9000 2>&1 | grep -o "No space"'
            rm big; test -e .envrc || echo moved
            "$0" held
            "$0" run --review -- sh -c 'echo y > new; dd if=/dev/zero of=big bs=1k count=9000 2>/dev/null; :'
            "$0" review take 2>/dev/null 1 new; cat new
            """);
        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith("No space\nmoved\n  1  ", outcome.Output, StringComparison.Ordinal);
        Assert.EndsWith("\ny\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("/.envrc (run by your shell in this directory) ·  sandpiper held\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_kept_aside_on_a_full_disk_is_told()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can mount a small disk");
        using var user = new Somebody();
        Outcome outcome = OnASmallDisk(user, """
            mkdir .vscode .idea; dd if=/dev/zero of=big bs=1k count=9000 2>/dev/null
            "$0" run --write . -- sh -c ': > .envrc'
            """);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("/.envrc (run by your shell in this directory); read it first\n"
            + "sandpiper: what would be kept aside is where it was made: nothing can be written (No space left on device", outcome.Error,
            StringComparison.Ordinal);
    }

    // What it says goes to a file, which is full before it ends: that was an error, and the end of it.
    [Fact]
    public void Where_the_output_of_a_program_is_lost_what_others_run_is_kept_aside_all_the_same()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can mount a small disk");
        using var user = new Somebody();
        Outcome outcome = OnASmallDisk(user, """
            "$0" run --write . -- sh -c 'echo x > .envrc; head -c 9000000 /dev/zero' >big; echo $?
            test -e .envrc || echo moved
            rm big; "$0" run --write . -- true
            """);
        Assert.Equal("125\nmoved\n", outcome.Output);
        Assert.Contains("/.envrc (run by your shell in this directory) ·  sandpiper held\n", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("was killed", outcome.Error, StringComparison.Ordinal);
    }

    private static Outcome OnASmallDisk(Somebody user, string script) => user.RunAsTester(["/usr/bin/unshare", "--mount", "/bin/sh", "-c",
        "mount -t tmpfs -o size=4m,mode=0777 none \"$0\" && cd \"$0\" && exec \"$@\"", user.Home, .. Somebody.AsUser, "/bin/sh", "-c",
        $"""
        "$0" install -q --compile never pebble -i {user.Serve(Harbour)} >/dev/null && mkdir project && cd project && : > setup.py
        {script}
        """, PublishedCommand.Path]);

    // .NET clears up after each 64 KB, and all of its memory often, because there is little: what it walks over is what lies there.
    [Fact]
    public void Where_there_is_little_memory_everything_works()
    {
        using var user = new Somebody();
        SampleWheel large = Enumerable.Range(0, 6000).Aggregate(
            OrdinaryPackages.Small("shingle", "1.0"), (wheel, n) => wheel.WithFile($"shingle_stones/stone{n:D4}.py", $"WEIGHT = {n}\n"));
        string index = user.Serve(new SampleIndex().WithAll(large, OrdinaryPackages.Pebble("1.2")));
        user.Variables["DOTNET_GCgen0size"] = user.Variables["DOTNET_GCGen0MaxBudget"] = "10000";
        user.Variables["DOTNET_GCHeapHardLimit"] = "4000000";

        foreach (string[] step in new string[][] { ["install", "shingle", "-i", index], ["install", "pebble", "-i", index], ["verify"],
            ["run", "--", "python", "-c", "import pebble, shingle_stones.stone5999"], ["uninstall", "-y", "pebble"], ["rollback"] })
        {
            Outcome outcome = user.Sandpiper(step);
            Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', step)}: {outcome}");
        }
    }

    // At its end a change looks for what it made beside the entries of the store: in directories that somebody has closed, too.
    [Fact]
    public void What_cannot_be_swept_up_after_a_change_is_no_error_of_the_change()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().WithAll(OrdinaryPackages.Pebble("1.2"), OrdinaryPackages.Small("shingle", "1.0")));
        Assert.Equal(0, user.Sandpiper("install", "pebble", "shingle", "-i", index).ExitCode);
        string closed = Path.Combine(user.DataRoot, "store/by-zz");
        Assert.Equal(0, user.Run(["/bin/mkdir", "-m", "0", closed]).ExitCode);

        Outcome removed = user.Sandpiper("uninstall", "-y", "pebble");

        Assert.True(removed.ExitCode == 0, $"{removed}");
        Assert.DoesNotContain("pebble", user.Sandpiper("list").Output, StringComparison.Ordinal);
        Assert.Equal(0, user.Run(["/bin/rmdir", closed]).ExitCode);
        Assert.Equal(0, user.Sandpiper("install", "pebble", "-i", index).ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(user.DataRoot, "staging")));
    }

    [Fact]
    public void An_index_that_cannot_be_reached_is_an_error_in_words_and_offline_still_lists()
    {
        using var user = new Somebody();
        Done(user.Sandpiper("install", "pebble", "-i", user.Serve(Harbour)));
        string nobody = $"http://127.0.0.1:{ClosedPort()}/simple/";

        Outcome refused = user.Sandpiper("install", "tide", "-i", nobody);
        Outcome missing = user.Sandpiper("install", "tide", "-i", "file:///no/such/index/");

        foreach (Outcome outcome in (Outcome[])[refused, missing])
        {
            Assert.Equal(1, outcome.ExitCode);
            IsInWords(outcome);
        }
        Done(user.Sandpiper("list"));
        Done(user.Sandpiper("install", "pebble", "-i", nobody));
    }

    [Fact]
    public void Metadata_that_is_not_the_wheels_is_refused_although_the_wheel_is_in_the_store_already()
    {
        using var user = new Somebody();
        SampleIndex honest = Harbour.With(OrdinaryPackages.Plover());
        Done(user.Sandpiper("install", "--env", "first", "plover", "-i", user.Serve(honest)));
        SampleWheel invented = OrdinaryPackages.Plover().WithRequires("tide");
        using var server = new IndexServer(Harbour.With(OrdinaryPackages.Plover(), new SampleOffer { Metadata = invented.Metadata }));

        Outcome lied = user.Sandpiper("install", "--env", "second", "plover>=0", "-i", server.Address);

        Assert.True(lied.ExitCode == 3 && lied.Error.Contains("SP-WHEEL-14", StringComparison.Ordinal), $"{lied}");
    }

    [Fact]
    public void What_a_kill_left_unfinished_in_the_cache_is_gone_after_the_next_run()
    {
        using var user = new Somebody();
        using var server = new IndexServer(Harbour);
        Done(user.Sandpiper("install", "pebble", "-i", server.Address));
        user.Write(Path.Combine(user.CacheRoot, "index/unfinished/left"), "half of it");
        using FileStream written = new(
            user.Write(Path.Combine(user.CacheRoot, "index/unfinished/locked"), ""), FileMode.Open, FileAccess.ReadWrite, FileShare.Read);

        Done(user.Sandpiper("install", "--env", "other", "pebble", "-i", server.Address));

        Assert.Equal(["locked"],
            Directory.EnumerateFiles(Path.Combine(user.CacheRoot, "index/unfinished")).Select(Path.GetFileName));
    }

    // By a user of its own: how many he has counts, whoever started them. Of a few more than these .NET's pool may still get one too few
    // later, and end the process.
    [Fact]
    public void Whoever_may_have_too_few_processes_to_install_is_told_in_words()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can be another user");
        using var user = new Somebody();
        string index = user.Serve(Harbour), place = Directory.CreateDirectory(Path.Combine(user.Place, "few")).FullName;
        File.SetUnixFileMode(place, (UnixFileMode)0b111_111_111);
        user.Variables["HOME"] = place;
        for (int most = 4; most <= 7; most++)
        {
            // Not by `ulimit -u`: a shell that does not know it says so, and goes on without a limit.
            Outcome outcome = user.RunAsTester(
                ["/usr/bin/setpriv", "--reuid", "23119", "--regid", "23119", "--clear-groups", "/usr/bin/prlimit", $"--nproc={most}", "--",
                    PublishedCommand.Path, "install", "pebble", "-i", index]);
            const string Told = "× there is no memory left, or one process too many; nothing was changed\n";
            Assert.True(outcome.ExitCode == 1 && outcome.Error.StartsWith(Told, StringComparison.Ordinal), $"{most}: {outcome}");
        }
    }

    [Theory]
    [InlineData("\u001b[31mred")]
    [InlineData("tide\nexit 0")]
    [InlineData("‮edit")]
    [InlineData("../../etc")]
    [InlineData("-")]
    [InlineData("tide==\u0007")]
    [InlineData("@/etc/passwd")]
    public void A_name_that_is_none_is_told_without_playing_its_tricks(string name)
    {
        using var user = new Somebody();
        string[][] commands = [["install"], ["uninstall"], ["show"], ["run"], ["install", "pebble", "--env"], ["allow"], ["help"]];
        foreach (string[] command in commands)
        {
            Outcome outcome = user.Sandpiper([.. command, name]);
            Assert.True(outcome.ExitCode is 1 or 2 or 125 or 127, $"{string.Join(' ', command)}: {outcome}");
            HasNoControls(outcome.Output);
            HasNoControls(outcome.Error);
        }
    }

    [Fact]
    public void Texts_of_a_package_reach_the_terminal_without_control_characters()
    {
        using var user = new Somebody();
        SampleWheel wheel = OrdinaryPackages.Small("pretty", "1.0").WithSummary("\u001b]0;owned\u0007 \u009b31m‮ nice");
        Outcome installed = user.Sandpiper("install", "pretty", "-i", user.Serve(new SampleIndex().With(wheel)));
        foreach (Outcome outcome in (Outcome[])[
            installed, user.Sandpiper("show", "-f", "pretty"),
            user.Sandpiper("show", "pretty", "--color", "never"), user.Sandpiper("show", "pretty", "--json")])
        {
            HasNoControls(outcome.Output);
            HasNoControls(outcome.Error);
        }
    }

    [Theory]
    [InlineData("/no/such/python")]
    [InlineData("/bin/true")]
    [InlineData("/etc/passwd")]
    [InlineData("python9.9")]
    public void An_interpreter_that_is_none_is_an_error_in_words(string python)
    {
        using var user = new Somebody();

        Outcome outcome = user.Sandpiper("install", "pebble", "--python", python, "-i", user.Serve(Harbour));

        Assert.Equal(1, outcome.ExitCode);
        IsInWords(outcome);
        Assert.False(Path.Exists(Path.Combine(user.DataRoot, "envs/shared/current")));
    }

    [Fact]
    public void A_data_directory_that_cannot_be_written_can_still_be_read()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse || !string.Equals(Environment.UserName, "root", StringComparison.Ordinal),
            "root may write everywhere");
        using var user = new Somebody();
        string index = user.Serve(Harbour);
        Done(user.Sandpiper("install", "pebble", "-i", index));
        user.Run(["/bin/chmod", "-R", "a-w", user.DataRoot]);
        var before = Tree.Of(user.DataRoot);

        foreach (string[] command in (string[][])[["install", "tide", "-i", index], ["uninstall", "pebble"]])
        {
            Outcome outcome = user.Sandpiper(command);
            Assert.Equal(1, outcome.ExitCode);
            IsInWords(outcome);
        }
        Done(user.Sandpiper("list"));
        Done(user.Sandpiper("run", "--", "python", "-c", "import pebble"));
        Assert.Equal(before, Tree.Of(user.DataRoot));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_generation_and_a_second_attempt_with_room_succeeds()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can mount a small disk");
        using var user = new Somebody();
        string disk = Directory.CreateDirectory(Path.Combine(user.Place, "disk")).FullName;
        Assert.SkipUnless(Mount("-t", "tmpfs", "-o", "size=1500k,mode=0777", "tmpfs", disk) == 0, "nothing can be mounted here");
        try
        {
            var noise = new byte[4 << 20];
            new Random(1).NextBytes(noise);
            string index = user.Serve(Harbour.With(OrdinaryPackages.Small("heavy", "1.0").WithFile("heavy/noise.bin", noise)));
            string root = Path.Combine(disk, "root");
            Done(user.Sandpiper("--root", root, "install", "pebble", "-i", index));
            var before = Tree.Of(Path.Combine(root, "envs"));

            Outcome full = user.Sandpiper("--root", root, "install", "heavy", "-i", index);

            Assert.Equal(1, full.ExitCode);
            IsInWords(full);
            Assert.Equal(before, Tree.Of(Path.Combine(root, "envs")));
            Done(user.Sandpiper("--root", root, "verify", "--full"));
            Assert.Equal(0, Mount("-o", "remount,size=64m", disk));
            Done(user.Sandpiper("--root", root, "install", "heavy", "-i", index));
            Assert.Empty(Tree.Of(Path.Combine(root, "staging")));
        }
        finally
        {
            using Process unmount = Process.Start("/bin/umount", ["--lazy", disk]);
            unmount.WaitForExit();
        }
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_in_the_middle_of_a_download_leaves_the_old_generation_and_no_stage(string signal, int code)
    {
        using var user = new Somebody();
        Done(user.Sandpiper("install", "pebble", "-i", user.Serve(Harbour)));
        var before = Tree.Of(Path.Combine(user.DataRoot, "envs"));
        using var server = new IndexServer(Harbour, held: Tide.FileName);

        using Process install = user.Start([PublishedCommand.Path, "install", "tide", "-i", server.Address]);
        server.WaitUntilHeld();
        using (Process kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {install.Id}"])) kill.WaitForExit();
        Assert.True(install.WaitForExit(Patience.Endless), "it does not end");

        Assert.Equal(code, install.ExitCode);
        string[] said = install.StandardError.ReadToEnd().TrimEnd('\n').Split('\n');
        Assert.Equal("× stopped; nothing was changed", said[^2]);
        Assert.Equal(before, Tree.Of(Path.Combine(user.DataRoot, "envs")));
        Assert.Empty(Tree.Of(Path.Combine(user.DataRoot, "staging")));
        Done(user.Sandpiper("verify", "--full"));
        Done(user.Sandpiper("install", "tide", "-i", user.Serve(Harbour)));
        Assert.Empty(Tree.Of(Path.Combine(user.DataRoot, "staging")));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_while_an_index_is_slow_to_answer_stops_before_anything_is_made(string signal, int code)
    {
        using var user = new Somebody();
        using var server = new IndexServer(Harbour, held: "tide");

        using Process install = user.Start([PublishedCommand.Path, "install", "--env", "new", "tide", "-i", server.Address]);
        server.WaitUntilHeld();
        Signal(install, signal);
        Assert.True(install.WaitForExit(Patience.Endless), "it does not end");

        Assert.Equal((code, "× stopped; nothing was changed"), (install.ExitCode, install.StandardError.ReadToEnd().Split('\n')[0]));
        Assert.Empty(Tree.Of(Path.Combine(user.DataRoot, "envs")));
        Assert.Empty(Tree.Of(Path.Combine(user.DataRoot, "staging")));
    }

    [Fact]
    public void A_signal_ends_the_wait_for_another_command()
    {
        using var user = new Somebody();
        using var server = new IndexServer(Harbour, held: Tide.FileName);
        using Process first = user.Start([PublishedCommand.Path, "install", "tide", "-i", server.Address]);
        server.WaitUntilHeld();
        using Process second = user.Start([PublishedCommand.Path, "install", "pebble", "-i", user.Serve(Harbour)]);
        Assert.Contains("waiting", second.StandardError.ReadLine(), StringComparison.Ordinal);

        Signal(second, "INT");
        Assert.True(second.WaitForExit(Patience.Endless), "it does not end");
        server.Release();

        Assert.Equal((130, "× stopped; nothing was changed"), (second.ExitCode, second.StandardError.ReadToEnd().Split('\n')[0]));
        Assert.True(first.WaitForExit(Patience.Endless) && first.ExitCode == 0, "the other did not go on");
    }

    // An interpreter that does not answer is waited for a while, and nothing but a kill ends that.
    [Fact]
    public void A_second_signal_ends_what_the_first_could_not_stop()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cc"), "there is no compiler to make a program that never answers");
        using var user = new Somebody();
        string asked = Path.Combine(user.Home, "asked"), python = Path.Combine(user.Place, "python3");
        string source = user.Write("mute.c", $$"""
            #include <fcntl.h>
            #include <unistd.h>
            int main(void) { alarm(600); close(open("{{asked}}", O_CREAT | O_WRONLY, 0666)); for (;;) pause(); }
            """);
        using (Process compiler = Process.Start("/usr/bin/cc", ["-w", "-o", python, source])) compiler.WaitForExit();
        using Process install = user.Start([PublishedCommand.Path, "install", "--python", python, "pebble", "-i", user.Serve(Harbour)]);
        bool isAsked = SpinWait.SpinUntil(() => File.Exists(asked) || install.HasExited, Patience.Endless) && !install.HasExited;
        Assert.True(isAsked, "the interpreter was not asked");

        // Two of different kinds: the kernel keeps no count of one that has not been heard yet.
        Signal(install, "TERM");
        Signal(install, "INT");
        Assert.True(install.WaitForExit(Patience.Endless), "it does not end");

        string said = install.StandardError.ReadToEnd();
        Assert.SkipWhen(said.Contains("interpreter", StringComparison.Ordinal), "this machine is so slow that the wait was over before");
        Assert.True(install.ExitCode is 130 or 143, $"{install.ExitCode}");
        Assert.Equal("", said);
    }

    [Fact]
    public void Two_installs_at_once_both_succeed_one_after_the_other()
    {
        using var user = new Somebody();
        SampleIndex all = Harbour.With(OrdinaryPackages.Plover());
        using var server = new IndexServer(all, held: Tide.FileName);

        using Process first = user.Start([PublishedCommand.Path, "install", "tide", "-i", server.Address]);
        server.WaitUntilHeld();
        using Process second = user.Start([PublishedCommand.Path, "install", "plover", "-i", user.Serve(all)]);
        string? waits = second.StandardError.ReadLine();
        Assert.False(first.HasExited);
        Assert.False(second.HasExited, waits);
        server.Release();

        Assert.True(first.WaitForExit(Patience.Endless) && second.WaitForExit(Patience.Endless), "they do not end");
        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal("pebble==1.2\nplover==0.3\ntide==2.0\n", user.Sandpiper("freeze").Output);
        Assert.Equal("2", Path.GetFileName(user.Generation()));
        Done(user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void Readers_that_go_away_end_a_command_quietly()
    {
        using var user = new Somebody();
        SampleWheel wide = Enumerable.Range(0, 4000)
            .Aggregate(OrdinaryPackages.Small("wide", "1.0"), (wheel, n) => wheel.WithFile($"wide/a_module_with_a_long_name_{n}.py", ""));
        Done(user.Sandpiper("install", "wide", "-i", user.Serve(new SampleIndex().With(wide))));

        foreach (string command in (string[])[
            "show -f wide", "show -f wide --json", "run -- yes", "run -- python -c 'while True: print(1)'"])
        {
            Outcome piped = user.Run(["/bin/bash", "-c", $"'{PublishedCommand.Path}' {command} | head -1; echo ${{PIPESTATUS[0]}}"]);
            string[] lines = piped.Output.Split('\n');
            Assert.True(lines[^2] is "0" or "1" or "120" or "141", $"{command}: {piped}");
            Assert.DoesNotContain("   at ", piped.Error, StringComparison.Ordinal);
        }
    }

    // `sandpiper freeze > requirements.txt` with an empty file and exit code 0 would be believed.
    [Theory]
    [InlineData("list")]
    [InlineData("freeze")]
    [InlineData("list --json")]
    [InlineData("help")]
    public void An_answer_that_could_not_be_written_is_no_success(string command)
    {
        using var user = new Somebody();
        Done(user.Sandpiper("install", "pebble", "-i", user.Serve(Harbour)));

        Outcome full = user.Run(["/bin/sh", "-c", $"'{PublishedCommand.Path}' {command} >/dev/full"]);

        Assert.Equal(1, full.ExitCode);
        IsInWords(full);
    }

    [Theory]
    [InlineData("<&-")]
    [InlineData(">&-")]
    [InlineData("<&- >&-")]
    [InlineData("<&- >&- 2>&-")]
    public void Nothing_is_written_into_a_file_that_got_the_number_of_a_closed_stream(string closed)
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);

        user.Run(["/bin/sh", "-c",
            $"'{PublishedCommand.Path}' install pebble -i {index} {closed}; '{PublishedCommand.Path}' list {closed}; true"]);

        Assert.Equal("pebble==1.2\n", user.Sandpiper("freeze").Output);
        Done(user.Sandpiper("verify", "--full"));
        Done(user.Sandpiper("history", "--json"));
        Assert.DoesNotContain(Directory.EnumerateFiles(user.CacheRoot, "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains("pebble 1.2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("000")]
    [InlineData("002")]
    public void Nobody_else_may_write_what_was_made_under_a_careless_umask(string mask)
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);

        Outcome installed = user.Run(["/bin/sh", "-c",
            $"umask {mask}; '{PublishedCommand.Path}' install pebble -i {index} "
            + $"&& '{PublishedCommand.Path}' run --write . -- sh -c 'umask; echo x > made'"]);

        Assert.True(installed.ExitCode == 0 && installed.Output.EndsWith($"0{mask}\n", StringComparison.Ordinal), $"{installed}");
        Assert.Equal("", user.Run(["/usr/bin/find", user.DataRoot, user.CacheRoot, "!", "-type", "l", "-perm", "/022"]).Output);
        Assert.NotEqual("", user.Run(["/usr/bin/find", user.Project, "-name", "made", "-perm", "/022"]).Output);
    }

    [Fact]
    public void Nothing_is_coloured_that_is_no_terminal()
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);
        user.Variables["TERM"] = "xterm-256color";
        foreach (string noColor in (string[])["", "1"])
        {
            user.Variables["NO_COLOR"] = noColor;
            foreach (string[] command in (string[][])[
                ["install", "tide", "-i", index], ["list"], ["show", "tide"], ["history"], ["verify"], ["help"],
                ["install", "knot", "-i", index]])
            {
                Outcome outcome = user.Sandpiper(command);
                Assert.DoesNotContain('\u001b', outcome.Output + outcome.Error);
            }
        }
    }

    [Fact]
    public void On_a_terminal_NO_COLOR_is_obeyed()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script(1) to make a terminal");
        using var user = new Somebody();
        Done(user.Sandpiper("install", "pebble", "-i", user.Serve(Harbour)));
        user.Variables["TERM"] = "xterm";

        string[] onTerminal = ["/usr/bin/script", "-qec", $"'{PublishedCommand.Path}' help", "/dev/null"];
        Outcome coloured = user.Run(onTerminal);
        user.Variables["NO_COLOR"] = "1";
        Outcome plain = user.Run(onTerminal);

        Assert.Contains("\u001b[", coloured.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[3", plain.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[1m", plain.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_in_an_address_are_used_and_never_seen_again()
    {
        using var user = new Somebody();
        using var server = new IndexServer(Harbour);
        string secret = "hush-hush-42";
        string with = $"http://reader:{secret}@127.0.0.1:{server.Port}/simple/";
        var said = new List<Outcome>
        {
            user.Sandpiper("install", "-v", "tide", "-i", with),
            user.Sandpiper("install", "-v", "knot", "-i", with),
            user.Sandpiper("install", "-v", "tide", "-i", $"http://reader:{secret}@127.0.0.1:{ClosedPort()}/simple/", "--upgrade"),
            user.Sandpiper("install", "-v", "tide", "-i", $"ftp://reader:{secret}@127.0.0.1/simple/"),
            user.Sandpiper("install", "-v", "tide", "-i", $"http://reader:{secret}@[/simple/"),
            user.Sandpiper("list", "--json"),
            user.Sandpiper("show", "tide"),
            user.Sandpiper("history", "--json"),
            user.Sandpiper("verify", "--json"),
        };
        user.Write("with-index.txt", $"--index-url {with}\nknot\n");
        user.Write("with-another.txt", $"--index-url {with}x/\nknot\n");
        said.Add(user.Sandpiper("install", "-v", "-r", "with-index.txt"));
        said.Add(user.Sandpiper("install", "-v", "-r", "with-index.txt", "-r", "with-another.txt"));
        user.Variables["PIP_INDEX_URL"] = with;
        said.Add(user.Sandpiper("install", "-v", "knot"));

        Assert.Equal(0, said[0].ExitCode);
        foreach (Outcome outcome in said) Assert.DoesNotContain(secret, outcome.Output + outcome.Error, StringComparison.Ordinal);
        foreach (string file in Directory.EnumerateFiles(
            user.Home, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            if (file.StartsWith(user.Project, StringComparison.Ordinal)) continue;
            Assert.False(File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0, file);
        }
    }

    [Theory]
    [InlineData("rm -f envs/shared/current && ln -s generations/77 envs/shared/current")]
    [InlineData("rm -f envs/shared/current && ln -s /etc envs/shared/current")]
    [InlineData("chmod -R u+w envs && echo nonsense > envs/shared/generations/1/generation.json")]
    [InlineData("chmod -R u+w envs && rm envs/shared/generations/1/generation.json")]
    [InlineData("chmod -R u+w store && rm -rf store")]
    [InlineData("chmod -R u+w store && find store -type f | while read f; do echo x > $f; done")]
    [InlineData("echo '{' >> envs/shared/ledger.jsonl; printf '\\377\\0' >> envs/shared/ledger.jsonl")]
    public void A_data_directory_in_ruins_is_told_in_words(string ruin)
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);
        Done(user.Sandpiper("install", "pebble", "-i", index));
        Assert.Equal(0, user.Run(["/bin/sh", "-c", ruin], directory: user.DataRoot).ExitCode);

        foreach (string[] command in (string[][])[
            ["list"], ["show", "pebble"], ["freeze"], ["history"], ["verify"], ["verify", "--full"], ["rollback"],
            ["uninstall", "pebble"], ["install", "tide", "-i", index], ["run", "--", "true"]])
        {
            Outcome outcome = user.Sandpiper(command);
            Assert.True(outcome.ExitCode is 0 or 1 or 3 or 125, $"{string.Join(' ', command)}: {outcome}");
            IsInWords(outcome);
        }
    }

    private static SampleOffer Offering(byte[] content) =>
        new() { Content = content, Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)) };

    private static void Signal(Process process, string signal)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {process.Id} 2>/dev/null"]);
        kill.WaitForExit();
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static int Mount(params string[] arguments)
    {
        using Process mount = Process.Start("/bin/mount", arguments);
        mount.WaitForExit();
        return mount.ExitCode;
    }

    private static string Done(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return outcome.Output;
    }

    // A failure of ours would show as a stack trace or as the words for what should not happen.
    private static void IsInWords(Outcome outcome)
    {
        if (outcome.ExitCode != 0) Assert.NotEmpty(outcome.Error + outcome.Output);
        foreach (string slip in (string[])["   at ", "internal error", "Exception"])
        {
            Assert.False(outcome.Error.Contains(slip, StringComparison.Ordinal), $"{outcome}");
        }
    }

    private static void HasNoControls(string text) =>
        Assert.DoesNotContain(text.EnumerateRunes(), rune => rune.Value is not '\n' && (Rune.IsControl(rune) || rune.Value is 0x202E));
}
