using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// Promise P6 on the published command: what a program sees, may change and reaches. Each attempt also succeeds unconfined.
/// </summary>
public sealed class ConfinementTests : IDisposable
{
    private readonly Somebody _user = new();

    public ConfinementTests() => Done(
        _user.Sandpiper("install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));

    public void Dispose() => _user.Dispose();

    [Fact]
    public void A_key_in_the_home_directory_cannot_be_read()
    {
        string key = _user.Write("../.ssh/id_ed25519", "a decoy\n");
        _user.Write("../.netrc", "a decoy\n");
        string program = $"print(open({Text(key)}).read())";

        Assert.Equal("a decoy", Unconfined(program));
        Assert.DoesNotContain("decoy", Confined(program, expected: 1).Output, StringComparison.Ordinal);
        // The environment and its sealed packages are shown where they lie, below the home directory; besides them there is no file.
        const string files = "import os, pathlib, pebble, sys; mine = (os.path.realpath(sys.prefix), "
            + "str(pathlib.Path(pebble.__file__).resolve().parents[2])); " // its entry in the store
            + "print(*[d for d, _, files in os.walk(os.environ['HOME']) if files and not d.startswith(mine)])";
        Assert.Equal("", Confined(files).Output.Trim());
        Assert.Equal("True", Unconfined("import pathlib; print((pathlib.Path.home() / '.netrc').exists())"));
    }

    [Fact]
    public void Nothing_is_written_outside_and_the_environment_is_read_only()
    {
        string outside = Path.Combine(_user.Home, "outside");
        Confined("pass"); // the first keeps what runs first in each
        var environment = Tree.Of(_user.DataRoot, Path.Combine(_user.DataRoot, "homes"));
        string ledger = Text(Path.Combine(_user.DataRoot, "envs/shared/ledger.jsonl")), shim = Text(Path.Combine(_user.DataRoot, "bin/ls"));
        string program = $$"""
            import os, pebble, pathlib, sys
            def attempt(path):
                try:
                    with open(path, "a") as file: file.write("x")
                    print("wrote", path)
                except OSError: pass
            attempt({{Text(outside)}}); attempt("here"); attempt(pebble.__file__); attempt(os.path.join(sys.prefix, "pyvenv.cfg"))
            attempt({{ledger}}); attempt({{shim}})
            try: os.chmod(pebble.__file__, 0o644); print("chmod")
            except OSError: pass
            """;

        Outcome run = Confined(program);

        Assert.DoesNotContain("chmod", run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(outside));
        Assert.False(File.Exists(Path.Combine(_user.Project, "here")));
        // But for its own home, which is kept there.
        Assert.Equal(environment, Tree.Of(_user.DataRoot, Path.Combine(_user.DataRoot, "homes")));
        Unconfined($"open({Text(outside)}, 'w')");
        Assert.True(File.Exists(outside), "the user may not write there either: that proves nothing");
    }

    [Fact]
    public void Packages_of_another_environment_are_not_there_but_those_that_both_have()
    {
        string index = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()).With(OrdinaryPackages.Tide())
            .With(OrdinaryPackages.Small("gull", "1.0")));
        Done(_user.Sandpiper("install", "gull", "-i", index));
        Done(_user.Sandpiper("install", "--env", "other", "tide", "-i", index));
        string store = Path.Combine(_user.DataRoot, "store");
        string others = Path.Combine(_user.DataRoot, "envs/other");
        string program = "import glob, os; print(*sorted(os.path.basename(d).split('-')[0] for d in "
            + $"glob.glob({Text(store)} + '/by-*/*/wheel/*-*.dist-info')), os.path.exists({Text(others)}))";

        Assert.Equal("gull pebble False", Confined(program).Output.Trim());
        Assert.Equal("gull pebble tide True", Unconfined(program));
        // What both have was brought by the first, and is all that the other sees of that one's.
        Outcome other = _user.Sandpiper("run", "--env", "other", "--", "python", "-c", $"{program}; import pebble, tide");
        Assert.Equal("pebble tide True", other.Output.Trim());
        // The package itself is a link, and what is behind it is what was installed.
        Assert.Equal("True 1.2", Confined("import os, pebble; from importlib.metadata import version; "
            + "print(os.path.islink(os.path.dirname(pebble.__file__)), version('pebble'))").Output.Trim());
        Done(_user.Sandpiper("verify", "--env", "other"));
    }

    [Fact]
    public void What_another_environment_brings_while_a_program_runs_does_not_appear_in_it()
    {
        string index = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()).With(OrdinaryPackages.Tide()));
        string store = Path.Combine(_user.DataRoot, "store");
        using Process running = _user.Start([PublishedCommand.Path, "run", "--", "python", "-c",
            $"import glob, os; print('runs', flush=True); input(); d = glob.glob({Text(store)} + '/*/*/wheel'); "
            + $"print(len(d), any(os.access(e, os.W_OK) for e in d + glob.glob({Text(store)} + '/by-*')))"]);
        Assert.Equal("runs", running.StandardOutput.ReadLine());
        Done(_user.Sandpiper("install", "--env", "other", "tide", "-i", index));
        running.StandardInput.WriteLine("go on");
        Assert.Equal("1 False", running.StandardOutput.ReadLine());
        running.WaitForExit();
    }

    [Fact]
    public void A_listener_on_loopback_is_reached_only_with_the_network_granted()
    {
        using var listener = new IndexServer(new SampleIndex());
        string program = $"import socket; socket.create_connection(('127.0.0.1', {listener.Port}), 5).close(); print('reached')";

        Confined(program, expected: 1);
        Assert.False(listener.WasAsked);
        Outcome granted = _user.Sandpiper("run", "--net", "all", "--", "python", "-c", program);
        Assert.True(granted.Output is "reached\n", $"{granted}");
        Assert.True(SpinWait.SpinUntil(() => listener.WasAsked, Patience.Endless));
    }

    [Fact]
    public void A_socket_of_the_host_is_not_reached_by_name_or_in_the_abstract()
    {
        string name = $"sandpiper-{Guid.NewGuid():N}";
        using var abstractListener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        abstractListener.Bind(new UnixDomainSocketEndPoint($"\0{name}"));
        abstractListener.Listen();
        string program = $"import socket; s = socket.socket(socket.AF_UNIX); s.connect('\\0{name}'); print('reached')";

        Assert.Equal("reached", Unconfined(program));
        Confined(program, expected: 1);
    }

    [Fact]
    public void A_socket_in_a_directory_that_is_shown_is_not_reached()
    {
        string name = Path.Combine(_user.Project, "socket");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(name));
        listener.Listen();
        File.SetUnixFileMode(name, (UnixFileMode)0b111_111_111);
        string program = $"import socket; s = socket.socket(socket.AF_UNIX); s.connect({Text(name)}); print('reached')";

        Assert.Equal("reached", Unconfined(program));
        Confined(program, expected: 1);
        Assert.Equal(1, _user.Sandpiper("run", "--write", ".", "--", "python", "-c", program).ExitCode);
    }

    // The names change while the sandbox is made: judged, mounted and made read-only they were three different things, and the home
    // directory was bound writable in 3 of 480 starts; nine of ten others were refused.
    [Theory]
    [InlineData("")]
    [InlineData("run --write . --")]
    public void Names_that_are_exchanged_all_the_time_neither_open_the_home_directory_nor_keep_programs_from_starting(string confined)
    {
        _user.Write("../.ssh/id_ed25519", "a decoy\n");
        string startFile = _user.Write("../.bashrc", "mine\n");
        _user.Write(".git/config", "");
        string swap = _user.Write("swap.py", """
            import ctypes, os, sys
            swap = ctypes.CDLL(None).renameat2
            os.makedirs("venv"); os.symlink(sys.argv[1], "home"); os.symlink(".git", "git")
            open("ready", "w").close()
            while not os.path.exists("enough"):
                for _ in range(100):
                    for name in b"home", b"home", b"git", b"git": swap(-100, b"venv", -100, name, 2)
            """);
        string look = _user.Write("look.py", $$"""
            import os
            for name in "venv", "home", "git":
                try: print("seen", open(name + "/.ssh/id_ed25519").read())
                except OSError: pass
                try: open(name + "/.bashrc", "r+").write("planted")
                except OSError: pass
            """);
        string[] outside = ["/usr/bin/python3", swap, _user.Home];
        string[] command = confined.Length == 0 ? outside : [PublishedCommand.Path, .. confined.Split(' '), .. outside];
        using Process swapping = _user.Start(command);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_user.Project, "ready")), Patience.Endless));

        Outcome[] starts = [.. Enumerable.Range(0, 20).Select(_ => _user.Sandpiper("run", "--write", ".", "--", "python", look))];

        _user.Write("enough", "");
        Assert.True(swapping.WaitForExit(Patience.Endless));
        Assert.Equal("mine\n", File.ReadAllText(startFile));
        Assert.All(starts, start => Assert.Equal((0, ""), (start.ExitCode, start.Output)));
    }

    // Judged, bound and compared by names, not one of 400 starts came to its program.
    [Fact]
    public void A_granted_directory_that_is_exchanged_all_the_time_is_that_directory_or_nothing()
    {
        _user.Write("../.ssh/id_ed25519", "a decoy\n");
        string startFile = _user.Write("../.bashrc", "mine\n");
        string swap = _user.Write("../swap.py", """
            import ctypes, os, sys
            swap = ctypes.CDLL(None).renameat2
            os.makedirs("granted"); os.symlink(sys.argv[1], "home")
            open("ready", "w").close()
            while not os.path.exists("enough"):
                for _ in range(101): swap(-100, b"granted", -100, b"home", 2)
            """);
        string look = _user.Write("look.py", """
            import os
            for name in "granted", "home":
                try: print("seen", open(name + "/.ssh/id_ed25519").read())
                except OSError: pass
                try: open(name + "/.bashrc", "r+").write("planted")
                except OSError: pass
            """);
        using Process swapping = _user.Start(["/usr/bin/python3", swap, _user.Home]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_user.Project, "ready")), Patience.Endless));

        // Who exchanges it may not get his turn for a while, with the link in its place: then it is the home, and refused.
        var starts = new List<Outcome>();
        while (starts.Count < 60 && starts.Count(start => start.ExitCode == 0) < 10)
            starts.Add(_user.Sandpiper("run", "--write", "granted", "--", "python", look));

        _user.Write("enough", "");
        Assert.True(swapping.WaitForExit(Patience.Endless));
        Assert.Equal("mine\n", File.ReadAllText(startFile));
        Assert.All(starts, start => Assert.Equal("", start.Output));
        Assert.All(starts, start =>
            Assert.True(start.ExitCode == 0 || start.Error.Contains("/granted` ", StringComparison.Ordinal), $"{start}"));
        Assert.Equal(10, starts.Count(start => start.ExitCode == 0));
    }

    // Asked for twice, the directory had two names: the one was granted, and the program started in the other, read-only; or the link was
    // what was looked for a project in, and there was none.
    [Theory]
    [InlineData("--write", ".")]
    [InlineData("--review")]
    public void Where_one_stands_is_one_directory_whatever_it_is_called_just_then(params string[] granted)
    {
        string swap = _user.Write("../swap.py", """
            import ctypes, os, sys
            swap = ctypes.CDLL(None).renameat2
            os.symlink(sys.argv[1], "home")
            open("ready", "w").close()
            while not os.path.exists("enough"):
                for _ in range(101): swap(-100, b"project", -100, b"home", 2)
            """);
        // It stands there before anything is exchanged: by that name one could come to stand in the home.
        // Who exchanges it may not get his turn for a while, with the link in its place: then it is the home, and refused.
        Outcome starts = _user.Run(["/bin/sh", "-c", $"""
            (cd .. && exec /usr/bin/python3 {swap} {_user.Home}) &
            while [ ! -e ../ready ]; do sleep 0.01; done
            tried=0 ran=0
            while [ $tried -lt 120 ] && [ $ran -lt 40 ]; do
                tried=$((tried + 1))
                '{PublishedCommand.Path}' run -q {string.Join(' ', granted)} -- python -c 'open("made", "w")' && ran=$((ran + 1))
            done
            : > ../enough
            wait
            echo $ran
            """]);

        Assert.Equal("40\n", starts.Output);
        Assert.DoesNotContain("Read-only file system", starts.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing to make a copy of", starts.Error, StringComparison.Ordinal);
    }

    // It was judged by its name, which was looked up once more for what is shown: a program that may write what the project lies in had
    // the home shown to the next one there, in 50 of 100 starts.
    [Theory]
    [InlineData("", "")]
    [InlineData("run --write . --", "")]
    [InlineData("", "--review")]
    public void Where_one_stands_no_name_leads_to_the_home(string confined, string granted)
    {
        _user.Write("../.ssh/id_ed25519", "a decoy\n");
        _user.Write("app/.git/config", "");
        string swap = _user.Write("swap.py", """
            import ctypes, os, sys
            swap = ctypes.CDLL(None).renameat2
            os.symlink(sys.argv[1], "home")
            while not os.path.exists("enough"):
                for pause in 0, 500, 2000, 4000, 8000, 16000:
                    for _ in range(20):
                        swap(-100, b"app", -100, b"home", 2)
                        for _ in range(pause): pass
                open("ready", "w").close()
            """);
        string swapping = (confined.Length == 0 ? "" : $"'{PublishedCommand.Path}' {confined} ") + $"/usr/bin/python3 {swap}";
        // It stands there before anything is exchanged. What is shown is where it stands, or nothing is run.
        Outcome starts = _user.Run(["/bin/sh", "-c", $$"""
            cd app
            (cd .. && exec {{swapping}} {{_user.Home}}) &
            while [ ! -e ../ready ]; do sleep 0.01; done
            tried=0 ran=0
            while [ $tried -lt 150 ] && [ $ran -lt 50 ]; do
                tried=$((tried + 1))
                '{{PublishedCommand.Path}}' run -q {{granted}} -- python -c 'import os
            if os.path.exists(".ssh"): print("seen")
            open(".git/config")' && ran=$((ran + 1))
            done
            : > ../enough
            wait
            echo $ran
            """]);

        Assert.True(starts.Output is "50\n", $"{starts}");
    }

    [Fact]
    public void Where_programs_are_looked_for_and_sandpiper_itself_are_not_written_with_the_directory_that_holds_them()
    {
        _user.Write("tools/bin/lint", "#!/bin/sh\n");
        _user.Write("scripts/lint", "#!/bin/sh\n");
        string own = Path.Combine(_user.Project, "sandpiper");
        ProgramCopy.As(own, PublishedCommand.Path);
        _user.Variables["PATH"] = $"{_user.Project}/tools/bin:{_user.Project}/scripts:/usr/bin:/bin";
        const string program = """
            import os
            for attempt in (lambda: open("tools/bin/lint", "w"), lambda: os.rename("tools", "t"), lambda: os.remove("sandpiper"),
                            lambda: os.rename("scripts", "s"), lambda: open("scripts/new", "w"), lambda: open("mine", "w")):
                try: attempt(); print("done")
                except OSError: print("refused")
            """;

        Outcome run = _user.Run([own, "run", "--write", ".", "--", "python", "-c", program]);

        Assert.Equal("refused\nrefused\nrefused\nrefused\nrefused\ndone\n", run.Output);
        Outcome itself = _user.Sandpiper("run", "--write", "scripts", "--", "true");
        Assert.True(itself.ExitCode is 125 && itself.Error.Contains("PATH", StringComparison.Ordinal), $"{itself}");
        Assert.Equal(5, _user.Run(["/usr/bin/python3", "-c", program]).Output.Split("done").Length - 1);
    }

    [Fact]
    public void A_command_of_a_package_does_not_take_the_name_of_one_of_the_systems()
    {
        SampleWheel wheel = new SampleWheel("grabber", "1.0").WithFile("grabber.py", "def main(): print('grabbed')\n")
            .WithConsoleScript("ls", "grabber:main").WithConsoleScript("grab", "grabber:main");
        Done(_user.Sandpiper("install", "grabber", "-i", _user.Serve(new SampleIndex().With(wheel))));
        _user.Write("here", "");

        Assert.Equal("here\n", _user.Sandpiper("run", "--", "ls").Output);
        Assert.Equal("here\n", _user.Sandpiper("run", "--", "sh", "-c", "ls").Output);
        Assert.Equal("grabbed\n", _user.Sandpiper("run", "--", "grab").Output);
        Assert.Equal("grabbed\n", _user.Run([Path.Combine(_user.Generation(), "bin/ls")]).Output);
    }

    [Fact]
    public void What_one_program_may_take_has_an_end()
    {
        const string program = """
            import resource as r
            print(*[r.getrlimit(k)[1] for k in (r.RLIMIT_CORE, r.RLIMIT_NPROC, r.RLIMIT_NOFILE, r.RLIMIT_FSIZE)])
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            print(libc.personality(0x0040000), ctypes.get_errno())
            watches = []
            while (w := libc.inotify_init1(0)) >= 0: watches.append(w)
            print(len(watches))
            """;
        string[] told = Confined(program).Output.Split('\n');
        ulong[] limits = [.. told[0].Split(' ').Select(ulong.Parse)];
        Assert.True(limits[0] == 0 && limits[1] <= 4096 && limits[2] <= 65_536 && limits[3] <= 256UL << 30, told[0]);
        Assert.Equal("-1 1", told[1]);
        Assert.InRange(int.Parse(told[2], System.Globalization.CultureInfo.InvariantCulture), 1, 64);
    }

    [Fact]
    public void A_file_that_may_only_be_read_is_not_held_by_a_lease()
    {
        const string program = "import fcntl, os\nf = os.open('mine', os.O_RDONLY)\n"
            + "try: fcntl.fcntl(f, 1024, fcntl.F_WRLCK); print('held')\nexcept PermissionError: print('refused')\n";
        _user.Write("mine", "");
        Assert.Equal("held", Unconfined(program));
        Assert.Equal("refused\n", Confined(program).Output);
    }

    [Fact]
    public void Nothing_is_made_in_a_directory_to_find_out_whether_it_may_be_written_and_the_exit_code_stays_the_programs()
    {
        DateTime before = Directory.GetLastWriteTimeUtc(_user.Project);
        Assert.Equal(0, _user.Sandpiper("run", "--write", ".", "--", "true").ExitCode);
        Assert.Equal(before, Directory.GetLastWriteTimeUtc(_user.Project));
        string granted = Path.GetDirectoryName(_user.Write("granted/file", ""))!;
        Assert.Equal(7, _user.Sandpiper("run", "--write", "granted", "--", "sh", "-c", $"chmod 0 {granted}; exit 7").ExitCode);
    }

    [Fact]
    public void Keys_one_level_down_are_not_shown()
    {
        _user.Write("../backup/laptop/.ssh/id_ed25519", "a decoy\n");
        string backup = Path.Combine(_user.Home, "backup");
        Outcome read = _user.Run([PublishedCommand.Path, "run", "--", "cat", $"{backup}/laptop/.ssh/id_ed25519"], backup);
        Assert.True(read is { ExitCode: not 0, Output: "" } && read.Error.Contains("laptop/.ssh", StringComparison.Ordinal), $"{read}");
    }

    [Fact]
    public void A_protected_name_that_is_a_link_is_not_exchanged()
    {
        _user.Write("../elsewhere/activate", "");
        _user.Write("AGENTS.md", "mine\n");
        File.CreateSymbolicLink(Path.Combine(_user.Project, ".venv"), Path.Combine(_user.Home, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(_user.Project, "CLAUDE.md"), "AGENTS.md");
        const string program = """
            import os
            print(open("CLAUDE.md").read(), end="")
            os.symlink("/tmp", "new")
            for attempt in (lambda: os.remove(".venv"), lambda: os.rename(".venv", "v"), lambda: os.replace("new", ".venv"),
                            lambda: os.replace("new", "CLAUDE.md"), lambda: open("CLAUDE.md", "w")):
                try: attempt(); print("done")
                except OSError: print("refused")
            os.remove("new")
            """;

        Outcome run = _user.Sandpiper("run", "--write", ".", "--", "python", "-c", program);

        Assert.True(run is { ExitCode: 0, Output: "mine\nrefused\nrefused\nrefused\nrefused\nrefused\n" }, $"{run}");
        Assert.Equal("AGENTS.md", new FileInfo(Path.Combine(_user.Project, "CLAUDE.md")).LinkTarget);
        Assert.Contains("done\n", _user.Run(["/usr/bin/python3", "-c", program]).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/tmp")]
    [InlineData("/var/tmp")]
    [InlineData("/var")]
    public void A_directory_of_everybody_is_not_shown_for_standing_in_it(string directory)
    {
        Outcome listed = _user.Run([PublishedCommand.Path, "run", "--", "sh", "-c", "pwd"], directory);
        Assert.Equal($"{_user.Home}\n", listed.Output);
    }

    [Fact]
    public void The_process_that_holds_the_sandbox_is_out_of_reach()
    {
        const string program = "import os\nfor p in '/proc/1/mem', '/proc/1/task/1/mem', '/proc/1/fd', '/proc/1/root':\n"
            + " try: os.open(p, os.O_RDONLY); print(p)\n except OSError: pass\n";
        Assert.Equal("", Confined(program).Output);
    }

    [Fact]
    public void Its_process_group_is_its_own_and_no_neighbour_is_in_it()
    {
        _user.Write("group.py", "import os, signal; os.kill(0, signal.SIGKILL)");
        Outcome outcome = _user.Run(["/bin/sh", "-c",
            $"sleep 600 & '{PublishedCommand.Path}' run -- python group.py; echo $?; kill $! && echo alive"]);
        Assert.Equal("137\nalive\n", outcome.Output);
    }

    [Fact]
    public void What_later_installs_believe_is_not_granted_for_writing()
    {
        _user.Variables["XDG_CACHE_HOME"] = Path.Combine(_user.Project, "cache");
        Directory.CreateDirectory(Path.Combine(_user.Project, "cache/sandpiper"));
        Assert.Equal(125, _user.Sandpiper("run", "--write", ".", "--", "true").ExitCode);
    }

    [Fact]
    public void Environment_variables_are_cleared_except_those_handed_on()
    {
        _user.Variables["AWS_SECRET_ACCESS_KEY"] = "a decoy";
        _user.Variables["LD_PRELOAD_DECOY"] = "a decoy";
        const string program = "import os; print(*sorted(v for v in os.environ.values() if 'decoy' in v))";

        Assert.Equal("a decoy a decoy", Unconfined(program));
        Assert.Equal("", Confined(program).Output.Trim());
        Assert.Equal("a decoy", _user.Sandpiper("run", "--env-var", "AWS_SECRET_ACCESS_KEY", "--", "python", "-c", program).Output.Trim());
        Outcome unset = _user.Sandpiper("run", "--env-var", "NOT_SET", "--", "true");
        Assert.Equal("sandpiper: --env-var NOT_SET: it is not set here\n", unset.Error);
    }

    [Fact]
    public void Without_a_terminal_an_interrupt_reaches_all_of_the_program_and_ends_us_as_it_ended_it()
    {
        // A shell goes on with its loop when it is told by an exit code alone.
        string script = _user.Write("interrupt.py", """
            import signal, subprocess, sys
            for ignored in False, True:
                program = subprocess.Popen([sys.argv[1], "run", "--", "sh", "-c", "echo up; (read x; exit $?); echo on"],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.SIG_DFL))
                assert program.stdout.readline() == "up\n"
                program.send_signal(signal.SIGINT)
                if not ignored: program.wait()  # its input stays open: nothing else ends it
                print(program.communicate("\n" if ignored else None)[0].strip(), program.returncode)
            """);
        Outcome outcome = _user.Run(["/usr/bin/python3", script, PublishedCommand.Path]);
        Assert.Equal($" {-2}\non 0\n", outcome.Output);
    }

    [Fact]
    public void A_word_of_the_command_is_no_option_of_ours()
    {
        string key = _user.Write("../.ssh/id_ed25519", "a decoy\n"), outside = Path.Combine(_user.Home, "outside");
        foreach (string[] words in (string[][])[["--bind", "/", "/", "cat", key], ["--ro-bind", "/", "/", "--", "cat", key],
            ["--write", "/", "--", "touch", outside], ["--args", "3", "touch", outside], ["--", "touch", outside]])
        {
            Outcome outcome = _user.Sandpiper(["run", "--", .. words]);
            Assert.NotEqual(0, outcome.ExitCode);
            Assert.DoesNotContain("decoy", outcome.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(outside), string.Join(' ', words));
        }
        const string said = "import sys; print(sys.argv[1:])";
        Assert.Equal("['--net', 'all', '--write', '/', '--', '--help']",
            _user.Sandpiper("run", "--", "python", "-c", said, "--net", "all", "--write", "/", "--", "--help").Output.Trim());
        // Nor is a name that looks like one.
        _user.Write("--dev-bind/file", "");
        Outcome inside = _user.Run([PublishedCommand.Path, "run", "--write", ".", "--", "touch", "--", "--bind"],
            Path.Combine(_user.Project, "--dev-bind"));
        Assert.True(inside.ExitCode == 0 && File.Exists(Path.Combine(_user.Project, "--dev-bind", "--bind")), $"{inside}");
    }

    [Fact]
    public void Open_files_of_the_caller_do_not_leak_in()
    {
        string secret = _user.Write("../secret", "a decoy\n");
        const string program = "import os; print(os.read(9, 20))";
        string command = $"exec 9<'{secret}'; exec";

        Outcome plain = _user.Run(["/bin/sh", "-c", $"{command} /usr/bin/python3 -c '{program}'"]);
        Outcome confined = _user.Run(["/bin/sh", "-c", $"{command} '{PublishedCommand.Path}' run -- python -c '{program}'"]);

        Assert.Contains("decoy", plain.Output, StringComparison.Ordinal);
        Assert.Equal((1, ""), (confined.ExitCode, confined.Output));
    }

    [Fact]
    public void A_directory_as_a_standard_stream_does_not_lead_out()
    {
        _user.Write("../.ssh/id_ed25519", "a decoy\n");
        const string attack = "cat /proc/self/fd/0/../.ssh/id_ed25519; echo planted > /proc/self/fd/0/../.bashrc";

        Assert.Equal("a decoy\n", Redirected($"/bin/sh -c '{attack}' < .").Output);
        File.Delete(Path.Combine(_user.Home, ".bashrc"));
        Outcome confined = Redirected($"'{PublishedCommand.Path}' run -- sh -c '{attack}' < .");

        Assert.True(confined.ExitCode != 0 && !confined.Output.Contains("decoy", StringComparison.Ordinal), $"{confined}");
        Assert.False(File.Exists(Path.Combine(_user.Home, ".bashrc")));
    }

    [Fact]
    public void A_file_as_a_standard_stream_is_no_way_to_its_other_uses()
    {
        string input = _user.Write("../input", "one\ntwo\nthree\n"), log = _user.Write("../log", "before\n");
        const string attack = "import os\nfor n in 0, 1, 2:\n for mode in 'w', 'r+':\n"
            + "  try: print(open(f'/proc/self/fd/{n}', mode).read(), file=open('found', 'a'))\n  except Exception: pass\n";
        _user.Write("attack.py", attack);

        Redirected($"'{PublishedCommand.Path}' run --write . -- python attack.py < {input} >> {log} 2>&1");

        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(input));
        Assert.StartsWith("before\n", File.ReadAllText(log), StringComparison.Ordinal);
        string found = Path.Combine(_user.Project, "found");
        Assert.DoesNotContain("before", File.Exists(found) ? File.ReadAllText(found) : "", StringComparison.Ordinal);
        Redirected($"/usr/bin/python3 attack.py < {input} >> {log} 2>&1");
        Assert.NotEqual("one\ntwo\nthree\n", File.ReadAllText(input));
    }

    [Fact]
    public void Files_as_standard_streams_are_read_and_written_as_ever()
    {
        string input = _user.Write("../input", "one\ntwo\nthree\n");
        string command = $"'{PublishedCommand.Path}' run --";

        Assert.Equal("ran one\nran two\nran three\n", Redirected($"while read line; do {command} echo ran $line; done < {input}").Output);
        Assert.Equal("one\n[two]\n[three]\n", Redirected($"{{ {command} python -S -c 'import os; os.write(1, os.read(0, 4))'; "
            + $"while read line; do echo \"[$line]\"; done; }} < {input}").Output);
        Redirected($"{command} sh -c 'echo a; echo b >&2; echo c' > both 2>&1");
        Assert.Equal("a\nb\nc\n", File.ReadAllText(Path.Combine(_user.Project, "both")));
        Redirected($"{command} sh -c 'echo more' >> both; {command} head -c 100000000 /dev/zero > large; "
            + $"{command} wc -c < large > counted");
        Assert.Equal("a\nb\nc\nmore\n", File.ReadAllText(Path.Combine(_user.Project, "both")));
        Assert.Equal("100000000", File.ReadAllText(Path.Combine(_user.Project, "counted")).Trim());
    }

    [Fact]
    public void Other_processes_are_not_seen()
    {
        string victim = _user.Sandpiper(
            "run", "--", "python", "-c", "import os; print(len([p for p in os.listdir('/proc') if p.isdigit()]))").Output;

        Assert.InRange(int.Parse(victim.Trim()), 1, 5);
    }

    [Theory]
    [InlineData("..", "the home directory")]
    [InlineData("keys", "a directory that holds keys")]
    [InlineData("/", "all of the system")]
    public void A_sensitive_current_directory_is_hidden_unless_it_is_named(string directory, string what)
    {
        _user.Write("keys/.ssh/id_ed25519", "a decoy\n");
        _user.Write("../letter.txt", "private\n");
        string here = Path.GetFullPath(Path.Combine(_user.Project, directory));
        string[] program = ["python", "-c", "import os; print(os.getcwd())"];

        Outcome hidden = _user.Run([PublishedCommand.Path, "run", "--", .. program], here);
        Assert.True(hidden.ExitCode == 0, $"{what}: {hidden}");
        Outcome tree = _user.Run([PublishedCommand.Path, "run", "--", "/bin/sh", "-c",
            $"cat {_user.Home}/letter.txt {_user.Project}/keys/.ssh/id_ed25519; true"], here);
        Assert.Equal("", tree.Output);

        if (directory is "/") return;
        Outcome named = _user.Run([PublishedCommand.Path, "run", "--read", ".", "--", .. program], here);
        Assert.Equal($"{here}\n", named.Output);
    }

    [Fact]
    public void The_current_directory_is_shown_read_only_and_hidden_on_request()
    {
        _user.Write("data.txt", "42\n");

        Assert.Equal("42", Confined("print(open('data.txt').read().strip())").Output.Trim());
        Assert.Equal(1, _user.Sandpiper("run", "--cwd", "none", "--", "python", "-c", "open('data.txt')").ExitCode);
    }

    [Fact]
    public void A_grant_to_write_leaves_out_what_runs_later()
    {
        _user.Write(".git/config", "[core]\n");
        _user.Write(".git/hooks/pre-commit", "#!/bin/sh\n");
        const string program = """
            def attempt(path):
                try: open(path, "a").write("x")
                except OSError: pass
            for path in ["result.txt", ".git/config", ".git/hooks/pre-commit", ".git/hooks/post-commit"]: attempt(path)
            import os
            try: os.rename(".git", ".tig")
            except OSError: pass
            """;

        Done(_user.Sandpiper("run", "--write", ".", "--", "python", "-c", program));

        Assert.Equal("x", File.ReadAllText(Path.Combine(_user.Project, "result.txt")));
        Assert.Equal("[core]\n", File.ReadAllText(Path.Combine(_user.Project, ".git/config")));
        Assert.Equal(["pre-commit"], Directory.GetFiles(Path.Combine(_user.Project, ".git/hooks")).Select(Path.GetFileName));
        Assert.Equal("#!/bin/sh\n", File.ReadAllText(Path.Combine(_user.Project, ".git/hooks/pre-commit")));
    }

    [Fact]
    public void What_would_run_later_and_is_new_is_kept_aside_and_told()
    {
        _user.Write("conftest.py", "");
        const string program = "import os; os.makedirs('.git/hooks'); open('.git/hooks/pre-commit','w').write('evil'); "
            + "open('evil\\x1b[2J.pth','w'); open('result.txt','w'); os.makedirs('sub'); open('sub/Makefile','w')";

        Outcome run = _user.Sandpiper("run", "-q", "--write", ".", "--", "python", "-c", program);

        Assert.True(run.ExitCode == 0, $"{run}");
        string hook = Path.Combine(_user.Project, ".git/hooks/pre-commit");
        Assert.Equal([$"sandpiper: kept aside: {hook} (run by git) ·  sandpiper held",
            $"sandpiper: kept aside: {_user.Project}/evil\\u{{1b}}[2J.pth (run by Python at its start) ·  sandpiper held",
            $"sandpiper: new: {_user.Project}/sub/Makefile (run by make); read it first"],
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["conftest.py", "result.txt"],
            Directory.GetFiles(_user.Project).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(hook));
        Assert.Contains("  evil\n", _user.Sandpiper("held", "show", "1").Output, StringComparison.Ordinal);
        Done(_user.Sandpiper("held", "keep", "1"));
        Assert.Equal("evil", File.ReadAllText(hook));
        Done(_user.Sandpiper("held", "drop", "--all"));
        Assert.Equal("", _user.Sandpiper("held").Output);
        Assert.Equal(1, _user.Sandpiper("held", "keep", "1").ExitCode);
    }

    // Git and an editor find by its name what nobody can list, and a hook is a hook behind a thousand others.
    [Fact]
    public void What_would_run_later_is_kept_aside_whatever_rights_are_taken_from_its_user_and_however_much_there_is()
    {
        const string program = """
            import os
            def make(path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                open(path, "w").write("evil")
            for n in range(1000): make(f".0/{n}.pth")
            for path in ["HEAD", "objects/x", "refs/x", "hooks/pre-commit"]: make(f"nested/.git/{path}")
            os.chmod("nested/.git/hooks", 0o311)
            make(".vscode/tasks.json")
            os.chmod(".vscode", 0o555)
            make("sub/.envrc")
            os.chmod("sub", 0o555)
            make("./sitecustomize.py")
            os.chmod(".", 0)
            """;

        Outcome run = _user.Sandpiper("run", "--write", ".", "--", "python", "-c", program);

        Assert.True(run.ExitCode == 0, $"{run}");
        foreach (string path in (string[])[".0/999.pth", "nested/.git/hooks/pre-commit", ".vscode", "sub/.envrc", "sitecustomize.py"])
            Assert.False(Path.Exists(Path.Combine(_user.Project, path)), path);
        Assert.True(Path.Exists(Path.Combine(_user.Project, "nested/.git/HEAD")));
        Assert.Contains("things in", _user.Sandpiper("held").Output, StringComparison.Ordinal);
        Done(_user.Sandpiper("held", "keep", "--all"));
        Assert.Equal("evil", File.ReadAllText(Path.Combine(_user.Project, "nested/.git/hooks/pre-commit")));
        Assert.Equal("evil", File.ReadAllText(Path.Combine(_user.Project, "sitecustomize.py")));
    }

    // A mode with these bits in it is nothing that a program needs; everybody who starts such a file does so as its owner.
    [Fact]
    public void A_program_gives_nobody_its_users_rights()
    {
        const string program = """
            import os
            open('file', 'w').close()
            for attempt in (lambda: os.chmod('file', 0o4755), lambda: os.chmod('file', 0o2755),
                            lambda: os.fchmod(os.open('file', 0), 0o6755),
                            lambda: os.open('made', os.O_CREAT | os.O_WRONLY, 0o4755), lambda: os.mknod('node', 0o104755)):
                try: attempt()
                except PermissionError: print('no')
            os.chmod('file', 0o1755)
            os.close(os.open('plain', os.O_CREAT | os.O_WRONLY, 0o644))
            """;
        Outcome run = _user.Sandpiper("run", "--write", ".", "--", "python", "-c", program);
        Assert.True(run is { ExitCode: 0, Output: "no\nno\nno\nno\nno\n" }, $"{run}");
        Assert.All(Directory.GetFiles(_user.Project),
            file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & (UnixFileMode.SetUser | UnixFileMode.SetGroup)));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("/")]
    [InlineData("../.local/share/sandpiper")]
    [InlineData("../.local/share")]
    [InlineData("link")]
    public void What_would_undo_the_confinement_is_not_granted(string directory)
    {
        File.CreateSymbolicLink(Path.Combine(_user.Project, "link"), _user.Home);

        Outcome outcome = _user.Sandpiper("run", "--write", directory, "--", "python", "-c", "open('ran','w')");

        Assert.True(outcome.ExitCode == 125, $"{outcome}");
    }

    [Fact]
    public void Nothing_of_a_program_outlives_its_run()
    {
        // It says that it is there, and then nothing for much longer than anybody waits: only its end closes the connection.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        string stays = "import time, socket; "
            + $"s = socket.create_connection(('127.0.0.1', {port})); open('/tmp/there', 'w'); time.sleep(9999)";
        Outcome run = _user.Sandpiper("run", "--net", "all", "--", "/bin/sh", "-c",
            $"setsid python -c \"{stays}\" >/dev/null 2>&1 & until [ -e /tmp/there ]; do sleep 0.1; done");

        Assert.True(run.ExitCode == 0, $"{run}");
        using Socket connection = listener.AcceptSocket();
        connection.ReceiveTimeout = (int)Patience.Endless.TotalMilliseconds;
        Assert.Equal(0, connection.Receive(new byte[1]));
    }

    // Its process inside binds itself to the one outside; where that had ended before, a program began that nobody would end, in 5 of 40
    // kills, and in 4 nobody heard of it and `run` waited for ever.
    [Fact]
    public void Whoever_kills_what_makes_the_sandbox_has_no_program_go_on_alone()
    {
        string kill = _user.Write("kill.py", """
            import os, signal, subprocess, sys, time
            def children(pid):
                try: return [int(c) for t in os.listdir(f"/proc/{pid}/task") for c in open(f"/proc/{pid}/task/{t}/children").read().split()]
                except OSError: return []
            # What is being killed may still see that run has ended; what is not is there much later.
            program = "while [ ! -e ended ]; do sleep 0.05; done; sleep 20; : > outlived"
            for turn in range(40):
                run = subprocess.Popen([sys.argv[1], "run", "-q", "--write", ".", "--", "sh", "-c", program], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                while not (outside := children(run.pid)): pass
                time.sleep(turn % 20 / 1000)
                os.kill(outside[0], signal.SIGSTOP)
                inside = children(outside[0])
                os.kill(outside[0], signal.SIGKILL)
                run.wait()
                open("ended", "w").close()
                for one in inside:
                    while children(one) and not os.path.exists("outlived"): time.sleep(0.01)
                    try: os.kill(one, signal.SIGKILL) # where it waits for the one that was killed
                    except OSError: pass
                if os.path.exists("outlived"): print("outlived", turn); os.remove("outlived")
                os.remove("ended")
            """);

        Assert.Equal("", _user.Run(["/usr/bin/python3", kill, PublishedCommand.Path]).Output);
    }

    [Fact]
    public void What_is_mounted_in_what_is_shown_is_not_there_inside()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can mount");
        string below = Path.Combine(_user.Project, "shown/below"), said = Path.Combine(_user.Place, "said");
        _user.Write("shown/below/letter", "");
        _user.Write("asks.py", """
            import os
            print('here', flush=True)
            input()
            print(os.listdir('shown/below'))
            try: open('shown/below/new', 'w')
            except OSError as e: print(e.strerror)
            """);
        Outcome outcome = _user.RunAsTester(["/usr/bin/unshare", "--mount", "/bin/sh", "-c", $"""
            set -e
            mount --make-rshared /
            mkfifo {said} {said}.back
            cd {_user.Project}
            {string.Join(' ', Somebody.AsUser)} '{PublishedCommand.Path}' run -- python asks.py <{said}.back >{said} &
            exec 3>{said}.back 4<{said}
            read -r here <&4
            mount -t tmpfs -o mode=777 none {below}
            touch {below}/mounted
            echo >&3
            cat <&4
            ls {below}
            """]);
        Assert.SkipWhen(
            outcome.Error.Contains("unshare:", StringComparison.Ordinal) || outcome.Error.Contains("mount:", StringComparison.Ordinal),
            "no mount namespace is to be had here");

        Assert.True(outcome.Output is "['letter']\nRead-only file system\nmounted\n", $"{outcome}");
    }

    [Fact]
    public void Without_bubblewrap_nothing_is_run()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can hide bubblewrap");
        string run = $"'{PublishedCommand.Path}' run";
        string[] hidden = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", $"""
            set -e
            for b in /usr/bin/bwrap /bin/bwrap /usr/local/bin/bwrap; do if [ -e $b ]; then mount --bind /dev/null $b; fi; done
            cd {_user.Project}
            exec setpriv --reuid 23117 --regid 23117 --clear-groups env HOME={_user.Home} {run} -- python -c 'print("ran")'
            """];
        Outcome outcome = _user.RunAsTester(hidden);
        Assert.SkipWhen(
            outcome.Error.Contains("unshare", StringComparison.Ordinal) || outcome.Error.Contains("mount:", StringComparison.Ordinal),
            "no mount namespace is to be had here");

        Assert.True(outcome.ExitCode == 4 && outcome.Output is "", $"{outcome}");
    }

    [Fact]
    public void Root_installs_and_runs_as_an_ordinary_user()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "the tests do not run as root");
        string index = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        string root = Path.Combine(_user.Place, "machine");

        Done(_user.RunAsTester([PublishedCommand.Path, "--root", root, "install", "pebble", "-i", index]));
        Outcome run = _user.RunAsTester(
            [PublishedCommand.Path, "--root", root, "run", "--", "python", "-c",
                "import os, pebble; print(os.getuid() * os.geteuid() * os.getgid() != 0, os.getgroups())"]);

        Assert.True(run.ExitCode == 0 && run.Output.StartsWith("True", StringComparison.Ordinal), $"{run}");
        Assert.DoesNotContain("[0", run.Output, StringComparison.Ordinal);
        Outcome owners = _user.RunAsTester(["/usr/bin/find", root, "-user", "0"]);
        Assert.Equal("", owners.Output);
        string secret = Path.Combine(_user.Place, "of-root");
        File.WriteAllText(secret, "a decoy\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        Outcome reading = _user.RunAsTester([PublishedCommand.Path, "--root", root, "run", "--read", secret, "--", "cat", secret]);
        Assert.DoesNotContain("decoy", reading.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_root_keeps_in_a_home_of_its_own_still_starts_itself_as_an_ordinary_user()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "the tests do not run as root");
        string index = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        string home = Directory.CreateDirectory(
            Path.Combine(_user.Place, "of-root"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        string command = Path.Combine(home, "sandpiper");
        ProgramCopy.As(command, PublishedCommand.Path);
        string root = Path.Combine(_user.Place, "machine");

        Done(_user.RunAsTester([command, "--root", root, "install", "pebble", "-i", index]));
        Outcome run = _user.RunAsTester([command, "--root", root, "run", "--", "python", "-c", "import pebble; print('ran')"]);
        Outcome absent = _user.RunAsTester([command, "--root", root, "run", "--", "no-such-program"]);
        Outcome demo = _user.RunAsTester(["/usr/bin/env", "--unset=TMPDIR", command, "demo"]); // that directory is another user's

        Assert.True(run is { ExitCode: 0, Output: "ran\n" }, $"{run}");
        Assert.Equal(127, absent.ExitCode);
        Done(demo);
    }

    [Theory]
    [InlineData("rx")]
    [InlineData("")]
    public void What_is_exchanged_between_judging_and_showing_is_not_shown_to_what_root_started_either(string everybodyMay)
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "the tests do not run as root");
        string index = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        string root = Path.Combine(_user.Place, "machine");
        // The only way to it is through a directory that is closed to whom root becomes, or it is open as everywhere.
        string home = Path.Combine(_user.Place, "of-root"), command = Path.Combine(home, "sandpiper");
        string open = Path.Combine(_user.Place, "open"), shown = Path.Combine(open, "shown"), secret = Path.Combine(_user.Place, "secret");
        foreach (string directory in (string[])[home, shown, secret]) Directory.CreateDirectory(directory);
        ProgramCopy.As(command, PublishedCommand.Path);
        File.WriteAllText(Path.Combine(shown, "letter"), "harmless\n");
        File.WriteAllText(Path.Combine(secret, "letter"), "a decoy\n");
        Done(_user.RunAsTester(["/bin/sh", "-c", $"chmod u=rwx,go={everybodyMay} '{home}'; chmod 0777 '{open}'"]));
        Done(_user.RunAsTester([command, "--root", root, "install", "pebble", "-i", index]));

        Assert.Equal("harmless\n", Run("").Output);
        Outcome exchanged = Run($"mv {shown} {shown}.aside; ln -s {secret} {shown}");
        Assert.True(exchanged is { ExitCode: 125, Output: "" }, $"{exchanged}");
        Assert.Contains("was replaced", exchanged.Error, StringComparison.Ordinal);

        // Somebody who changes names just then: in a name space of its own the test puts him before bubblewrap.
        Outcome Run(string meanwhile)
        {
            string before = Path.Combine(_user.Place, "before-bwrap");
            File.WriteAllText(before, OnceItIsPlanned(meanwhile, before));
            Outcome outcome = _user.RunAsTester(["/usr/bin/unshare", "--mount", "/bin/sh", "-c", $"""
                set -e
                cp /usr/bin/bwrap {before}.real; chmod 0755 {before} {before}.real
                mount --bind {before} /usr/bin/bwrap
                exec '{command}' --root {root} run --cwd none --read {shown} -- cat {shown}/letter
                """]);
            Assert.SkipWhen(
                outcome.Error.Contains("unshare:", StringComparison.Ordinal) || outcome.Error.Contains("mount:", StringComparison.Ordinal),
                "no mount namespace is to be had here");
            return outcome;
        }
    }

    // The second stage is sent what was judged: the last argument is the descriptor at which it waits.
    private static string OnceItIsPlanned(string then, string bubblewrap) => $"""
        #!/usr/bin/python3 -I
        import os, select, subprocess, sys
        select.select([int(sys.argv[sys.argv.index("--second-stage") + 1])], [], [])
        subprocess.run(["/bin/sh", "-c", "{then}"], env={"{}"}, check=True)
        os.execv("{bubblewrap}.real", sys.argv)
        """.Replace("{}", "{'PATH': '/usr/bin:/bin'}", StringComparison.Ordinal);

    [Theory]
    [InlineData("--cwd none --read shown", "shown")]
    [InlineData("--cwd none --write shown", "shown")]
    [InlineData("--write shown", "")]
    [InlineData("", "")]
    public void Whatever_is_exchanged_between_judging_and_showing_nothing_runs(string grants, string exchanged)
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can put somebody before bubblewrap");
        _user.Write("shown/letter", "");
        _user.Write("venv/letter", "");
        string there = Path.TrimEndingDirectorySeparator(Path.Combine(_user.Project, exchanged));
        string before = Path.Combine(_user.Place, "before-bwrap");
        File.WriteAllText(before, OnceItIsPlanned(
            $"[ -e {there}.aside ] || {{ mv {there} {there}.aside; mkdir -p {there}/shown {there}/venv; }}", before));
        Outcome outcome = _user.RunAsTester(["/usr/bin/unshare", "--mount", "/bin/sh", "-c", $"""
            set -e
            cp /usr/bin/bwrap {before}.real; chmod 0755 {before} {before}.real
            mount --bind {before} /usr/bin/bwrap
            cd {_user.Project}
            exec setpriv --reuid 23117 --regid 23117 --clear-groups env HOME={_user.Home} '{PublishedCommand.Path}' run {grants} -- echo ran
            """]);
        Assert.SkipWhen(
            outcome.Error.Contains("unshare:", StringComparison.Ordinal) || outcome.Error.Contains("mount:", StringComparison.Ordinal),
            "no mount namespace is to be had here");

        Assert.True(Directory.Exists($"{there}.aside"), $"{outcome}");
        Assert.True(outcome is { ExitCode: 125, Output: "" } && outcome.Error.Contains($"`{there}", StringComparison.Ordinal)
            && outcome.Error.Contains("was replaced", StringComparison.Ordinal),
            $"{outcome}");
    }

    [Theory]
    [InlineData("TERM", 128 + 15)]
    [InlineData("KILL", 128 + 9)]
    public void Who_is_ended_while_the_sandbox_is_made_leaves_nothing_that_waits_for_ever(string signal, int exitCode)
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can put somebody before bubblewrap");
        string before = Path.Combine(_user.Place, "before-bwrap"), going = _user.Write("going", "");
        // As bubblewrap in the middle of its work: a child of it has all that it was handed, and does not go with it.
        File.WriteAllText(before, "#!/bin/sh\nexport PATH=/usr/bin:/bin\n"
            + $"while [ -e {going} ]; do sleep 0.1; done </dev/null >/dev/null 2>&1 &\n"
            + $"sleep 0.3; kill -{signal} $PPID; sleep 1; exec {before}.real \"$@\"\n");
        try
        {
            Outcome outcome = _user.RunAsTester(["/usr/bin/unshare", "--mount", "/bin/sh", "-c", $"""
                set -e
                cp /usr/bin/bwrap {before}.real; chmod 0755 {before} {before}.real
                mount --bind {before} /usr/bin/bwrap
                cd {_user.Project}
                exec setpriv --reuid 23117 --regid 23117 --clear-groups env HOME={_user.Home} '{PublishedCommand.Path}' run -- sleep 1000
                """]);
            Assert.SkipWhen(
                outcome.Error.Contains("unshare:", StringComparison.Ordinal) || outcome.Error.Contains("mount:", StringComparison.Ordinal),
                "no mount namespace is to be had here");
            // All that was said was read: whoever were left would hold the pipe.
            Assert.True(outcome.ExitCode == exitCode, $"{outcome}");
        }
        finally
        {
            File.Delete(going);
        }
    }

    [Fact]
    public void Whoever_starts_it_may_ignore_the_end_of_children()
    {
        const string Ignoring =
            "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])";
        Outcome outcome = _user.Run(
            ["/usr/bin/python3", "-I", "-c", Ignoring, PublishedCommand.Path, "run", "--", "sh", "-c", "exit 7"], _user.Project);
        Assert.True(outcome.ExitCode == 7, $"{outcome}");
    }

    [Fact]
    public void A_grant_of_a_protected_name_is_kept_and_one_inside_it_too()
    {
        _user.Write("venv/lib/settings", "");
        const string program =
            "for path in 'venv/lib/settings', 'venv/new':\n try: open(path, 'a').write('x'); print(path)\n except OSError: pass\n";

        Assert.Equal("", _user.Sandpiper("run", "--write", ".", "--", "python", "-c", program).Output);
        Assert.Equal("venv/lib/settings\n",
            _user.Sandpiper("run", "--write", ".", "--write", "venv/lib", "--", "python", "-c", program).Output);
        Outcome both = _user.Sandpiper("run", "--write", ".", "--write", "venv", "--", "python", "-c", program);
        Assert.Equal(("venv/lib/settings\nvenv/new\n", ""), (both.Output, both.Error));
        Assert.Equal("xx", File.ReadAllText(Path.Combine(_user.Project, "venv/lib/settings")));
    }

    [Fact]
    public void What_root_started_out_of_its_home_is_left_neither_a_descriptor_nor_what_compares()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "the tests do not run as root");
        string index = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        string root = Path.Combine(_user.Place, "machine");
        string home = Directory.CreateDirectory(
            Path.Combine(_user.Place, "of-root"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        string command = Path.Combine(home, "sandpiper");
        ProgramCopy.As(command, PublishedCommand.Path);
        Done(_user.RunAsTester([command, "--root", root, "install", "pebble", "-i", index]));

        const string program = """
            import os
            print(sorted(os.listdir('/proc/self/fd'))[:-1], os.path.lexists('/.sandpiper'), os.listdir('/.host'))
            """;
        Outcome run = _user.RunAsTester([command, "--root", root, "run", "--", "python", "-I", "-c", program]);

        Assert.True(run is { ExitCode: 0, Output: "['0', '1', '2'] False []\n" }, $"{run}");
    }

    private Outcome Redirected(string script) => _user.Run(["/bin/sh", "-c", script]);

    private Outcome Confined(string program, int expected = 0)
    {
        Outcome outcome = _user.Sandpiper("run", "--", "python", "-c", program);
        Assert.True(outcome.ExitCode == expected, $"{outcome}");
        return outcome;
    }

    private string Unconfined(string program)
    {
        Outcome outcome = _user.Run(["/usr/bin/python3", "-c", program]);
        Assert.True(outcome.ExitCode == 0, $"unconfined, too: {outcome}");
        return outcome.Output.Trim();
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");

    private static string Text(string path) => $"'{path}'";
}
