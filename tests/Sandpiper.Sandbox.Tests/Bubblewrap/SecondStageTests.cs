using System.Collections.Immutable;
using CsCheck;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Proxies;
using Sandpiper.Sandbox.Tests.Driving;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class SecondStageTests(Ground ground) : IClassFixture<Ground>
{
    private Outcome Become(params ImmutableArray<string> command) => BecomeIf(Plan(), command);

    private Outcome BecomeIf(SecondStagePlan plan, params ImmutableArray<string> command) =>
        BecomeAmong([], (plan with { Command = command }).ToBytes());

    /// <param name="besides">For bubblewrap, before it starts the second stage.</param>
    /// <param name="isAnswered">When it is ready, somebody is there.</param>
    /// <param name="bounds">That it is told then; null: what belongs to such a plan.</param>
    private Outcome BecomeAmong(
        ImmutableArray<string> besides, byte[] plan, bool layers = false, bool isAnswered = true, byte[]? bounds = null)
    {
        string file = Path.Join(ground.Root, $"plan-{Guid.NewGuid():N}"), then = $"{file}-bounds";
        File.WriteAllBytes(file, plan);
        File.WriteAllBytes(then, bounds ?? Bounds().ToBytes());
        // Python starts it as we start bubblewrap: with signals ignored and one blocked, and the plan is sent to it.
        const string Start = """
            import array, os, signal as s, socket, subprocess, sys
            def signals():
                s.signal(s.SIGXFSZ, s.SIG_DFL)
                for n in (s.SIGINT, s.SIGQUIT): s.signal(n, s.SIG_IGN)
                s.pthread_sigmask(s.SIG_BLOCK, [s.SIGUSR1])
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            os.dup2(theirs.fileno(), 20); theirs.close()
            os.dup2(os.open(sys.argv[3], os.O_RDONLY), 21)
            child = subprocess.Popen(sys.argv[5:], pass_fds=(20, 21), preexec_fn=signals, restore_signals=False, env={})
            os.close(20)
            for told in sys.argv[2], sys.argv[4]:
                told = array.array('i', [os.open(told, os.O_RDONLY)])
                try: ours.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, told)])
                except (BrokenPipeError, ConnectionResetError): pass
            try: told = ours.recv(9000)
            except ConnectionResetError: told = ours.recv(9000) # it has left something unread
            if told == b'\xff' and sys.argv[1] == 'answered': ours.send(told)
            ours.close()
            if told != b'\xff': print('told', told[0] if told else None, told[2:].decode(), file=sys.stderr)
            sys.exit(child.wait())
            """;
        ImmutableArray<string> whole = Arguments.Of(new SandboxNeeds(HostNetwork: false, layers, Processors: null), ownSession: true,
            tree: 22, image: 21, copied: false, SecondStage.Asked(report: 20, image: 21));
        int tree = whole.IndexOf("--args");
        whole = [.. whole[1..tree], .. Arguments.Tree(image: 21, copied: false), .. besides, .. whole[(tree + 2)..]];
        return Ground.Finish(ground.AsOrdinaryUser([
            "/usr/bin/python3", "-I", "-c", Start, isAnswered ? "answered" : "alone", file, PublishedSecondStage.Path, then,
            "/usr/bin/bwrap", .. whole,
        ]));
    }

    private static SecondStagePlan Plan(params ImmutableArray<Mount> shown) =>
        SecondStagePlan.Of(Bare, ["true"], terminal: null) is var plan ? plan with { Mounts = [.. plan.Mounts, .. shown] } : null!;

    private static SecondStageBounds Bounds() => SecondStageBounds.Of(Bare, Plan().Mounts);

    private static Confinement Bare => new() { Home = "/home/ada", WorkingDirectory = "/", Variables = Variables };

    private static ImmutableDictionary<string, string> Variables =>
        ImmutableDictionary<string, string>.Empty.Add("PATH", "/usr/bin:/bin").Add("HOME", "/home/ada");

    private static Mount.Shown Shown(string path, string real, PathAccess access = PathAccess.Read) =>
        new(path, new(real, Parsed(IdentityOf(real))), access);

    private static FileIdentity Parsed(string identity) => FileIdentity.TryParse(identity, out FileIdentity known) ? known : default;

    private static string IdentityOf(string path) => $"{ShownPath.Needed(path, PathAccess.Read).Identity}";

    private static string Told(SecondStageFailureKind kind, string subject) => $"told {(int)kind} {subject}";

    [Fact]
    public void Where_nobody_is_there_any_more_the_program_does_not_begin() => Assert.Equal(new Outcome(125, "", ""),
        BecomeAmong([], (Plan() with { Command = ["echo", "begun"] }).ToBytes(), isAnswered: false));

    // Whoever starts it tells what is inside when he knows whose second stage it is, and may end before.
    [Fact]
    public void Where_nothing_is_told_of_what_is_inside_nothing_runs()
    {
        const string Start = """
            import os, subprocess, sys
            made = os.path.join(os.path.dirname(sys.argv[1]), f'made-{os.getpid()}')
            program = made + '.sh'
            open(program, 'w').write(f'#!/bin/sh\nmkdir {made} /.host{made}\n'); os.chmod(program, 0o755)
            os.dup2(os.open(sys.argv[2] if len(sys.argv[2]) > 1 else program, os.O_RDONLY), 21)
            os.dup2(os.open('/dev/null', os.O_RDONLY), 22)
            ended = subprocess.run(sys.argv[3:], pass_fds=(21, 22), capture_output=True, text=True, env={})
            print(ended.returncode != 0, 'No such file' in ended.stderr, os.path.exists(made))
            """;
        foreach (string image in (string[])["", PublishedSecondStage.Path])
        {
            ImmutableArray<string> whole = Arguments.Of(new SandboxNeeds(HostNetwork: false, Layers: false, Processors: null),
                ownSession: true, tree: 22, image: 21, copied: false, SecondStage.Asked(report: 20, image: 21));
            Assert.Equal(new Outcome(0, "True True False", ""), Ground.Finish(ground.AsOrdinaryUser([
                "/usr/bin/python3", "-I", "-c", Start, Path.Join(ground.Root, "here"), image, "/usr/bin/bwrap", .. whole[1..],
            ])));
        }
    }

    // Bubblewrap's process inside binds itself to the one outside after it has begotten the second stage, and sleeps then; a stopped one
    // stands here for one that has not come so far. Until then the second stage runs, and does nothing.
    [Fact]
    public void Nothing_is_done_before_whoever_begot_it_will_end_with_bubblewrap()
    {
        const string Script = """
            import os, select, signal, socket, sys
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            told, tell = os.pipe()
            parent = os.fork()
            if parent == 0:
                child = os.fork()
                if child == 0:
                    os.dup2(theirs.fileno(), 20); os.dup2(os.open(sys.argv[1], os.O_RDONLY), 21)
                    while open(f'/proc/{os.getppid()}/stat').read().rsplit(')')[1].split()[0] != 'T': pass
                    os.execve(sys.argv[1], [sys.argv[1], '--second-stage', '20', '21'], {})
                os.write(tell, str(child).encode())
                theirs.close()
                os.kill(os.getpid(), signal.SIGSTOP)
                os.waitpid(child, 0)
                os._exit(0)
            theirs.close()
            child = int(os.read(told, 20))
            ours.send(b'no plan')
            def worked(): return sum(map(int, open(f'/proc/{child}/stat').read().rsplit(')')[1].split()[11:13])) / os.sysconf('SC_CLK_TCK')
            while not select.select([ours], [], [], 0.01)[0] and worked() < 1: pass
            print('answered' if select.select([ours], [], [], 0)[0] else 'waits')
            os.kill(parent, signal.SIGCONT)
            print(ours.recv(9000)[2:].decode())
            os.waitpid(parent, 0)
            """;
        Assert.Equal(new Outcome(0, "waits\ndescriptor 20", ""),
            Ground.Finish(ground.AsOrdinaryUser(["/usr/bin/python3", "-I", "-c", Script, PublishedSecondStage.Path])));
    }

    [Fact]
    public void The_program_starts_with_the_signals_as_they_are_meant()
    {
        string[] status = Become("grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status").Output.Split('\n');
        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"], status);
    }

    [Fact]
    public void Its_arguments_are_untouched() =>
        Assert.Equal("--second-stage|--|a b||ü|", Become("printf", "%s|", "--second-stage", "--", "a b", "", "ü").Output);

    [Fact]
    public void It_is_found_in_the_path_or_not()
    {
        Outcome outcome = Become("no-such-program");
        Assert.Equal(new Outcome(127, "", "sandpiper: `no-such-program`: not found in the sandbox"), outcome);
    }

    [Fact]
    public void It_has_the_environment_that_was_planned_and_the_place_where_it_starts()
    {
        SecondStagePlan plan = Plan() with { WorkingDirectory = "/tmp", Mask = 0b000_111_111 };
        Assert.Equal("HOME=/home/ada\nPATH=/usr/bin:/bin\nPWD=/tmp\n0077", BecomeIf(plan, "sh", "-c", "env | sort; umask").Output);
    }

    [Fact]
    public void Nothing_runs_when_something_else_is_there_than_was_judged()
    {
        FileIdentity usr = Parsed(IdentityOf("/usr")), var = Parsed(IdentityOf("/var"));
        Mount.Shown right = new("/opt/a", new("/var", var), PathAccess.Read);
        Assert.Equal(new Outcome(0, "ran", ""), BecomeIf(Plan(right), "printf", "ran"));
        Assert.Equal(Replaced("/opt/a"), BecomeIf(Plan(right with { Judged = new("/var", usr) }), "printf", "ran"));
        Assert.Equal(Replaced("/opt/a"), BecomeIf(Plan(right with { Judged = new("/no/such/path", var) }), "printf", "ran"));
        Assert.Equal(Replaced("/opt/b"),
            BecomeIf(Plan(right, new Mount.Shown("/opt/b", new("/usr", var), PathAccess.Read)), "printf", "ran"));
    }

    [Fact]
    public void No_link_is_followed_to_what_was_judged()
    {
        string place = ground.Elsewhere, link = Path.Join(place, "link");
        File.CreateSymbolicLink(link, "/var");
        Assert.Equal(Replaced("/opt/a"), BecomeIf(
            Plan(new Mount.Shown("/opt/a", new(link, Parsed(IdentityOf("/var"))), PathAccess.Read)), "printf", "ran"));
        Assert.Equal(Replaced("/opt/a"), BecomeIf(Plan(
            new Mount.Shown("/opt/a", new(Path.Join(link, "lib"), Parsed(IdentityOf("/var/lib"))), PathAccess.Read)), "printf", "ran"));
        File.Delete(link);
    }

    [Fact]
    public void Nothing_is_mounted_behind_a_link()
    {
        string within = Directory.CreateDirectory(Path.Join(ground.Elsewhere, "within")).FullName;
        File.CreateSymbolicLink(Path.Join(within, "link"), "/tmp");
        ground.Own();
        Mount.Shown around = Shown("/around", within, PathAccess.Write);
        Assert.Equal(Replaced("/around/link"), BecomeIf(Plan(around, Shown("/around/link", "/var")), "printf", "ran"));
        Assert.Equal(Replaced("/around/link/in"), BecomeIf(Plan(around, Shown("/around/link/in", "/var")), "printf", "ran"));
    }

    [Fact]
    public void What_may_be_read_may_not_be_written_and_what_may_may()
    {
        string[] directories =
            [.. ((string[])["read", "write"]).Select(name => Directory.CreateDirectory(Path.Join(ground.Elsewhere, name)).FullName)];
        ground.Own();
        Outcome run = BecomeIf(Plan(Shown("/read", directories[0]), Shown("/write", directories[1], PathAccess.Write)),
            "sh", "-c", "touch /read/x /write/x /x /dev/x /etc/x; chmod u+w /proc/1; ls /read /write");
        Assert.Equal("/read:\n\n/write:\nx", run.Output);
        Assert.Equal(5, run.Errors.Split('\n').Count(line => line.EndsWith("Read-only file system", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_of_the_host_is_left_but_what_is_shown()
    {
        Outcome run = BecomeIf(Plan(), "sh", "-c", "ls -A /.host; ls -A /home /var; cut -d' ' -f5 /proc/self/mountinfo");
        Assert.StartsWith("/home:\nada\n\n/var:\ntmp\n/\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/.host", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mount_that_nobody_planned_is_one_too_many()
    {
        Assert.Equal(Replaced("/opt"), BecomeAmong(["--ro-bind", "/var", "/opt"], Plan().ToBytes()));
        Assert.Equal(Replaced("/usr"), BecomeAmong(["--ro-bind", "/usr", "/usr"], Plan().ToBytes()));
    }

    private static Outcome Replaced(string path) => new(125, "", Told(SecondStageFailureKind.Replaced, path));

    [Fact]
    public void A_layer_takes_what_is_written_above_the_very_directory_that_was_judged()
    {
        string lower = Made("lower"), layer = Made("layer"), upper = Made("layer/upper"), child = Made("child");
        _ = Made("layer/work");
        File.WriteAllText(Path.Join(lower, "was"), "below");
        Directory.CreateDirectory(Path.Join(upper, "in"));
        ground.Own();
        var layered = new Mount.Layered("/place", Judged(lower), Judged(layer));
        SecondStagePlan plan = Plan(layered, Shown("/place/in", child)) with { WorkingDirectory = "/place" };
        Outcome run = Layered(plan, "sh", "-c", "cat was; echo above > was; pwd; ls .; : > in/x");
        Assert.Equal("below/place\nin\nwas", run.Output);
        Assert.Contains("in/x: Read-only", run.Errors, StringComparison.Ordinal);
        Assert.Equal(("below", "above\n"), (File.ReadAllText(Path.Join(lower, "was")), File.ReadAllText(Path.Join(upper, "was"))));

        Assert.Equal(Replaced("/place"),
            Layered(Plan(layered with { Lower = new(lower, Judged(layer).Identity) }), "printf", "ran"));
        Assert.Equal(Replaced("/place"),
            Layered(Plan(layered with { Above = new(layer, Judged(lower).Identity) }), "printf", "ran"));
        Assert.Equal(new Outcome(125, "", Told(SecondStageFailureKind.NotLayered, "/place")), BecomeIf(plan, "printf", "ran"));

        string Made(string name) => Directory.CreateDirectory(Path.Join(ground.Elsewhere, name)).FullName;

        static JudgedPath Judged(string path) => new(path, Parsed(IdentityOf(path)));

        Outcome Layered(SecondStagePlan plan, params ImmutableArray<string> command) =>
            BecomeAmong([], (plan with { Command = command }).ToBytes(), layers: true);
    }

    [Fact]
    public void Nothing_runs_when_it_is_not_told_what_was_judged()
    {
        Outcome notTold = new(125, "", Told(SecondStageFailureKind.NotTold, "descriptor 20"));
        Assert.Equal(notTold, BecomeAmong([], Plan().ToBytes()[..^1]));
        Assert.Equal(notTold, BecomeAmong([], [.. Plan().ToBytes(), 1]));
        Assert.Equal(notTold, BecomeAmong([], []));
        Assert.Equal(notTold, BecomeAmong([], (Plan() with { Command = [] }).ToBytes()));
        Assert.Equal(notTold, BecomeAmong([], Plan(new Mount.Place("relative")).ToBytes()));
    }

    [Fact]
    public void Nothing_runs_when_it_is_not_told_what_it_is_held_to()
    {
        Outcome notTold = new(125, "", Told(SecondStageFailureKind.NotTold, "what it is held to"));
        byte[] plan = (Plan() with { Command = ["echo", "begun"] }).ToBytes(), bounds = Bounds().ToBytes();
        Assert.Equal(new Outcome(0, "begun", ""), BecomeAmong([], plan));
        foreach (byte[] other in (byte[][])[[], bounds[..^1], [.. bounds, 1], plan])
            Assert.Equal(notTold, BecomeAmong([], plan, bounds: other));
        // No filter is no filter of the kernel's, either.
        Assert.NotEqual(0, BecomeAmong([], plan, bounds: (Bounds() with { Filter = [], FilterThatTellsWrites = [] }).ToBytes()).ExitCode);
    }

    [Fact]
    public void Of_a_store_the_packages_that_are_named_are_there_and_nothing_else()
    {
        Outcome seen = BecomeIf(Plan(PackagesOf("named", "a", "c")), "sh", "-c",
            "cd /home/ada/store; find . | sort; grep -o ' /home/ada/store[^ ]* ro,nosuid,nodev' /proc/self/mountinfo");
        Assert.Equal(new Outcome(0, ".\n./a\n./a/wheel\n./a/wheel/a.py\n./c\n./c/wheel\n./c/wheel/c.py"
            + string.Concat(((string[])["", "/a/wheel", "/c/wheel"]).Select(name => $"\n /home/ada/store{name} ro,nosuid,nodev")), ""),
            seen);
    }

    [Fact]
    public void A_package_that_is_another_than_was_judged_is_not_shown()
    {
        Mount.Packages judged = PackagesOf("exchanged", "a", "b");
        string replaced = Told(SecondStageFailureKind.Replaced, "/home/ada/store/b/wheel");
        Mount.Packages other = judged with { Trees = [judged.Trees[0], judged.Trees[1] with { Identity = judged.Trees[0].Identity }] };
        Assert.Equal(new Outcome(125, "", replaced), BecomeIf(Plan(other), "true"));
        Directory.Delete(Path.Join(judged.Store.Real, "b"), recursive: true);
        Assert.Equal(new Outcome(125, "", replaced), BecomeIf(Plan(judged), "true"));
        // Whatever a link leads to is not it.
        Directory.CreateSymbolicLink(Path.Join(judged.Store.Real, "b"), "/etc");
        Assert.Equal(new Outcome(125, "", replaced), BecomeIf(Plan(judged), "true"));
        Mount.Packages elsewhere = judged with { Store = judged.Store with { Identity = default } };
        Assert.Equal(new Outcome(125, "", Told(SecondStageFailureKind.Replaced, "/home/ada/store")), BecomeIf(Plan(elsewhere), "true"));
    }

    // Of three in the store.
    private Mount.Packages PackagesOf(string store, params ImmutableArray<string> names)
    {
        string real = Path.Join(ground.Root, store);
        foreach (string name in (string[])["a", "b", "c"])
        {
            Directory.CreateDirectory(Path.Join(real, name, "wheel"));
            File.WriteAllText(Path.Join(real, name, "manifest.json"), "");
            File.WriteAllText(Path.Join(real, name, "wheel", $"{name}.py"), "");
        }
        return new("/home/ada/store", new(real, Parsed(IdentityOf(real))),
            [.. names.Select(name => new SealedTree($"{name}/wheel", Parsed(IdentityOf(Path.Join(real, name, "wheel")))))]);
    }

    [Fact]
    public void The_program_has_no_rights_and_can_get_none()
    {
        string[] status = Become("grep", "-E", "^(Cap|NoNewPrivs|Seccomp:)", "/proc/self/status").Output.Split('\n');
        const string None = "\t0000000000000000";
        Assert.Equal(
            [$"CapInh:{None}", $"CapPrm:{None}", $"CapEff:{None}", $"CapBnd:{None}", $"CapAmb:{None}", "NoNewPrivs:\t1", "Seccomp:\t2"],
            status);
        Assert.Equal("0", Become("cat", "/proc/sys/user/max_user_namespaces").Output);
    }

    [Fact]
    public void What_was_judged_is_no_open_file_of_the_programs() =>
        Assert.Equal("0\n1\n2\n3", Become("ls", "/proc/self/fd").Output);

    [Fact]
    public void All_that_was_planned_is_told() => Gen.Int[0, 3].Array[0, 20].Sample(which =>
    {
        string[] paths = ["/usr", "/tmp", "/etc", "/a b\n"];
        ImmutableArray<string> chosen = [.. which.Select(i => paths[i])];
        SecondStagePlan plan = new([.. which.SelectMany(i => MountsAt(paths[i], i))])
        {
            MadeBefore = chosen, Protected = chosen, Granted = chosen, Masked = chosen,
            Replaced = [.. which.Select(i => (paths[i], JudgedAt(i)))],
            Variables = [.. which.Select(i => ($"A{i}", paths[i]))],
            Command = ["true", .. chosen],
            Sockets = [.. which.Select(i => InnerSocket.AnywhereBut([i]))],
            Mask = (uint)which.Length,
            WorkingDirectory = chosen is [var first, ..] ? first : "/",
        };
        SecondStageBounds bounds = new([.. which.Select(i => (paths[i], "8:1"))], [.. which.Select(i => (byte)i)],
            [.. which.Select(i => (byte)(i + 1))]);
        Assert.True(SecondStagePlan.TryRead(plan.ToBytes(), out SecondStagePlan read));
        Assert.Equal(plan.Mounts.Where(IsComparedWhole), read.Mounts.Where(IsComparedWhole));
        Assert.Equal(Packages(plan), Packages(read));
        Assert.Equal(plan.Mounts.OfType<Mount.MadeUp>().Select(file => (file.Path, string.Join(' ', file.Content))),
            read.Mounts.OfType<Mount.MadeUp>().Select(file => (file.Path, string.Join(' ', file.Content))));
        SecondStageBounds same = SecondStageBounds.TryRead(bounds.ToBytes())!;
        Assert.Equal(bounds.HostsPlaces, same.HostsPlaces);
        Assert.Equal(bounds.Filter, same.Filter);
        Assert.Equal(bounds.FilterThatTellsWrites, same.FilterThatTellsWrites);
        Assert.Equal(plan.MadeBefore, read.MadeBefore);
        Assert.Equal(plan.Protected, read.Protected);
        Assert.Equal(plan.Granted, read.Granted);
        Assert.Equal(plan.Masked, read.Masked);
        Assert.Equal(plan.Replaced, read.Replaced);
        Assert.Equal(plan.Variables, read.Variables);
        Assert.Equal(plan.Command, read.Command);
        Assert.Equal(plan.Sockets, read.Sockets);
        Assert.Equal((plan.WorkingDirectory, plan.Mask), (read.WorkingDirectory, read.Mask));
    });

    private static IEnumerable<(string, JudgedPath, string)> Packages(SecondStagePlan plan) => plan.Mounts.OfType<Mount.Packages>()
        .Select(packages => (packages.Path, packages.Store, string.Join(' ', packages.Trees)));

    private static bool IsComparedWhole(Mount mount) => mount is not (Mount.MadeUp or Mount.Packages);

    private static JudgedPath JudgedAt(int i) => new($"/real/{i}", new(1, 2, (ulong)i));

    private static IEnumerable<Mount> MountsAt(string path, int i) =>
    [
        new Mount.Shown(path, JudgedAt(i), (PathAccess)(i % 3)) { Layer = (MountLayer)i, IsOwn = i % 2 == 0, IsCopy = i % 2 == 1 },
        new Mount.Layered(path, JudgedAt(i), JudgedAt(i + 1)),
        new Mount.Packages(path, JudgedAt(i), [.. Enumerable.Range(0, i).Select(n => new SealedTree($"{n}/wheel", new(1, 2, (ulong)n)))]),
        new Mount.OfTheSystem(path, "/dev/null", i % 2 == 0, i % 2 == 1),
        new Mount.Memory(path, (MountLayer)i, i, (UnixFileMode)0b111_000_000),
        new Mount.Link(path, "../x"),
        new Mount.MadeUp(path, [.. Enumerable.Range(0, i * 100).Select(b => (byte)(b % 256))]),
        new Mount.Place(path),
    ];

    [Fact]
    public void Anything_else_is_not_whole_or_told_as_it_is_and_no_exception()
    {
        foreach (byte[] whole in (byte[][])[Plan().ToBytes(), Bounds().ToBytes()])
        {
            Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 20].Sample(changes =>
            {
                byte[] bytes = [.. whole];
                foreach (var (at, value) in changes) bytes[at] = value;
                _ = SecondStagePlan.TryRead(bytes, out _);
                _ = SecondStageBounds.TryRead(bytes);
            });
        }
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            _ = SecondStagePlan.TryRead(bytes, out _);
            _ = SecondStageBounds.TryRead(bytes);
        });
    }

    [Fact]
    public void A_report_is_read_as_it_was_written_and_anything_else_is_none() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        if (SecondStageReport.TryRead(bytes, out SecondStageFailure? failure)) Assert.True(failure is not null || bytes is [255]);
    });

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/tmp")]
    public void What_is_no_program_is_not_executed(string path)
    {
        Outcome outcome = Become(path);
        Assert.Equal(126, outcome.ExitCode);
        Assert.Equal($"sandpiper: `{path}`: not executable (errno 13)", outcome.Errors);
    }

    [Theory]
    [InlineData(true, "--second-stage", "3", "4")]
    [InlineData(true, "--second-stage", "12", "3")]
    [InlineData(false, "--second-stage", "2", "3")]
    [InlineData(false, "--second-stage", "3", "2")]
    [InlineData(false, "--second-stage", "-3", "4")]
    [InlineData(false, "--second-stage", "x", "4")]
    [InlineData(false, "--second-stage", "3", "x")]
    [InlineData(false, "--second-stage", "3")]
    [InlineData(false, "--second-stage")]
    [InlineData(false, "--second-stage", "3", "4", "5")]
    [InlineData(false, "run", "--second-stage", "3", "4")]
    [InlineData(false)]
    public void It_is_meant_only_in_its_exact_form(bool meant, params string[] args) => Assert.Equal(meant, SecondStage.IsMeant(args));
}
