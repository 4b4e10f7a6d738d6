using System.Collections.Immutable;
using CsCheck;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class SecondStageTests(Ground ground) : IClassFixture<Ground>
{
    // The host as it is, read-only, with two directories mounted once more: what bubblewrap would have made of a plan.
    private static readonly ImmutableArray<string> Mounted = ["/usr", "/var"];

    private Outcome Become(params string[] command) => BecomeIf(Plan().ToBytes(), command);

    private Outcome BecomeIf(MountPlan plan, params string[] command) => BecomeIf(plan.ToBytes(), command);

    private Outcome BecomeIf(byte[] plan, params string[] command) => BecomeAmong(
        ["--ro-bind", "/", "/", .. Mounted.SelectMany(path => new[] { "--ro-bind", path, path })], plan, command);

    private Outcome BecomeAmong(IEnumerable<string> mounts, byte[] plan, params string[] command)
    {
        string file = Path.Join(ground.Root, $"plan-{Guid.NewGuid():N}");
        File.WriteAllBytes(file, plan);
        // Python starts it as we start bubblewrap: with signals ignored and one blocked, plan and report under their numbers.
        const string Start = """
            import os, signal as s, socket, subprocess, sys
            def signals():
                s.signal(s.SIGXFSZ, s.SIG_DFL)
                for n in (s.SIGINT, s.SIGQUIT): s.signal(n, s.SIG_IGN)
                s.pthread_sigmask(s.SIG_BLOCK, [s.SIGUSR1])
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            os.dup2(os.open(sys.argv[1], os.O_RDONLY), 19); os.dup2(theirs.fileno(), 20); theirs.close()
            child = subprocess.Popen(sys.argv[2:], pass_fds=(19, 20), preexec_fn=signals, restore_signals=False,
                env={'PATH': '/usr/bin:/bin', 'DOTNET_EnableDiagnostics': '0'})
            os.close(20)
            told = ours.recv(9000)
            if told != b'\xff': print('told', told[0] if told else None, told[2:].decode(), file=sys.stderr)
            sys.exit(child.wait())
            """;
        return Ground.Finish(ground.AsOrdinaryUser(
            ["/usr/bin/python3", "-I", "-c", Start, file, "/usr/bin/bwrap", "--unshare-user", "--unshare-pid", "--cap-drop", "ALL",
                .. SecondStage.Rights.SelectMany(right => new[] { "--cap-add", right }), .. mounts, "--proc", "/proc", "--",
                Driver.Program, "--second-stage", "19", "20", "-", "--", .. command]));
    }

    private static MountPlan Plan(params (string Identity, string Path)[] shown) => new(
        [.. (shown.Length > 0 ? shown : [.. Mounted.Select(path => (IdentityOf(path), path))])
            .Select(s => new PlannedPath(Parsed(s.Item1), s.Item2, IsWritable: false))],
        [], [], [], ["/", "/proc", "/dev/pts", .. Mounted, "/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus"],
        [.. MountTable.Read().Select(line => (line.Place, line.Device))]);

    private static FileIdentity Parsed(string identity) => FileIdentity.TryParse(identity, out FileIdentity known) ? known : default;

    private static string IdentityOf(string path) => $"{ShownPath.Needed(path, PathAccess.Read).Identity}";

    private static string Told(SecondStageFailureKind kind, string subject) => $"told {(int)kind} {subject}";

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
        Assert.Equal(new Outcome(127, "", "NotFound: no-such-program"), outcome);
    }

    [Fact]
    public void Nothing_runs_when_something_else_is_shown_than_was_judged()
    {
        string usr = IdentityOf("/usr"), var = IdentityOf("/var");
        Assert.Equal(new Outcome(0, "ran", ""), BecomeIf(Plan((var, "/var"), (usr, "/usr")), "printf", "ran"));
        Assert.Equal(Replaced("/usr"), BecomeIf(Plan((var, "/var"), (var, "/usr")), "printf", "ran"));
        Assert.Equal(Replaced("/no/such/path"), BecomeIf(Plan((var, "/no/such/path")), "printf", "ran"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Each_path_is_compared_wherever_it_stands(int wrong)
    {
        (string, string)[] judged = [.. Mounted.Select((path, i) => (i == wrong ? "0:0:1" : IdentityOf(path), path))];
        Assert.Equal(Replaced(Mounted[wrong]), BecomeIf(Plan(judged), "printf", "ran"));
    }

    [Fact]
    public void What_only_lies_there_and_is_not_mounted_there_is_not_what_was_planned() =>
        Assert.Equal(Replaced("/etc"), BecomeIf(Plan((IdentityOf("/etc"), "/etc")), "printf", "ran"));

    [Fact]
    public void What_is_read_only_where_it_was_to_be_written_or_the_other_way_is_not_what_was_planned()
    {
        MountPlan plan = Plan();
        Assert.Equal(Replaced("/usr"), BecomeIf(plan with { Shown = [plan.Shown[0] with { IsWritable = true }] }, "printf", "ran"));
    }

    [Fact]
    public void A_mount_that_nobody_planned_is_one_too_many()
    {
        MountPlan plan = Plan();
        MountPlan without = plan with { Shown = [plan.Shown[0]], OwnPlaces = plan.OwnPlaces.Remove("/var") };
        Assert.Equal(Replaced("/var"), BecomeIf(without, "printf", "ran"));
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
        string[] tops = [.. Directory.GetDirectories("/").Where(path => path is not "/proc")];
        string[] mounts =
        [
            .. tops.SelectMany(path => new FileInfo(path).LinkTarget is { } target
                ? new[] { "--symlink", target, path } : ["--ro-bind", path, path]),
            "--ro-bind", lower, "/.layers/0/lower", "--bind", layer, "/.layers/0/layer", "--dir", "/place", "--ro-bind", child, "/place/in",
            "--chdir", "/place",
        ];
        const string RightToWork = "CAP_DAC_OVERRIDE";
        MountPlan plan = Plan();
        plan = plan with
        {
            Shown = [Planned(upper, "/place") with { IsWritable = true, IsCopy = true }, Planned(child, "/place/in")],
            OwnPlaces = [.. plan.OwnPlaces, .. tops],
            WorkingDirectory = "/place",
            Layers = [new("/place", Parsed(IdentityOf(lower)), Parsed(IdentityOf(layer)))],
        };
        string[] command = ["sh", "-c", "cat was; echo above > was; pwd; ls . /.layers/0/*; : > in/x"];
        Outcome run = BecomeAmong(["--cap-add", RightToWork, .. mounts], plan.ToBytes(), command);
        Assert.StartsWith("below/place\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(["in", "was"], run.Output.Split('\n').SkipWhile(line => line is not ".:").Skip(1).TakeWhile(line => line.Length > 0));
        Assert.Contains("in/x: Read-only", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("was", run.Output[run.Output.LastIndexOf("/.layers", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(("below", "above\n"), (File.ReadAllText(Path.Join(lower, "was")), File.ReadAllText(Path.Join(upper, "was"))));

        PlannedLayers judged = plan.Layers[0];
        foreach (PlannedLayers other in (PlannedLayers[])[judged with { Lower = judged.Layer }, judged with { Layer = judged.Lower }])
        {
            Assert.Equal(Replaced("/place"), BecomeAmong(
                ["--cap-add", RightToWork, .. mounts], (plan with { Layers = [other] }).ToBytes(), "printf", "ran"));
        }
        Outcome without = BecomeAmong(mounts, plan.ToBytes(), "printf", "ran");
        Assert.Equal(new Outcome(125, "", Told(SecondStageFailureKind.NotLayered, "/place")), without);

        string Made(string name) => Directory.CreateDirectory(Path.Join(ground.Elsewhere, name)).FullName;

        static PlannedPath Planned(string path, string appearing) => new(Parsed(IdentityOf(path)), appearing, IsWritable: false);
    }

    [Fact]
    public void Nothing_runs_when_it_is_not_told_what_was_judged()
    {
        Outcome notTold = new(125, "", Told(SecondStageFailureKind.NotTold, "descriptor 19"));
        Assert.Equal(notTold, BecomeIf(Plan().ToBytes()[..^1], "printf", "ran"));
        Assert.Equal(notTold, BecomeIf("r\0/usr\0no identity\0"u8.ToArray(), "printf", "ran"));
        Assert.Equal(notTold, BecomeIf("o\0usr\0\0"u8.ToArray(), "printf", "ran"));
        Assert.Equal(notTold, BecomeIf("?\0/usr\0\0"u8.ToArray(), "printf", "ran"));
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
        MountPlan plan = new([.. which.Select(i => new PlannedPath(new(1, 2, (ulong)i), paths[i], i % 2 == 0))], chosen, chosen,
            [.. which.Select(i => (paths[i], $"in store {i}"))], chosen, [.. which.Select(i => (paths[i], "8:1"))])
        {
            Granted = chosen,
            Layers = [.. which.Select(i => new PlannedLayers(paths[i], new(1, 2, (ulong)i), new(3, 4, (ulong)i)))],
            WorkingDirectory = chosen is [var first, ..] ? first : "/",
            TellsAll = which.Length % 2 == 0,
            TellsNames = which.Length % 3 == 0,
        };
        Assert.True(MountPlan.TryRead(plan.ToBytes(), out MountPlan read));
        Assert.Equal(plan.Shown, read.Shown);
        Assert.Equal(plan.Protected, read.Protected);
        Assert.Equal(plan.Granted, read.Granted);
        Assert.Equal(plan.Masked, read.Masked);
        Assert.Equal(plan.Packages, read.Packages);
        Assert.Equal(plan.OwnPlaces, read.OwnPlaces);
        Assert.Equal(plan.HostsPlaces, read.HostsPlaces);
        Assert.Equal(plan.Layers, read.Layers);
        Assert.Equal((plan.WorkingDirectory, plan.TellsAll, plan.TellsNames), (read.WorkingDirectory, read.TellsAll, read.TellsNames));
    });

    [Fact]
    public void Anything_else_is_not_whole_or_told_as_it_is_and_no_exception() =>
        Gen.Byte.Array[0, 200].Sample(bytes => { _ = MountPlan.TryRead(bytes, out _); });

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
        Assert.Equal($"NotExecutable: {path}", outcome.Errors);
    }

    [Theory]
    [InlineData(true, "--second-stage", "3", "4", "-", "--", "true")]
    [InlineData(false, "--second-stage", "3", "-", "--", "true")]
    [InlineData(false, "--second-stage", "3", "2", "-", "--", "true")]
    [InlineData(true, "--second-stage", "12", "3", "-", "--", "true", "--")]
    [InlineData(false, "--second-stage", "-", "--", "true")]
    [InlineData(false, "--second-stage", "2", "3", "-", "--", "true")]
    [InlineData(false, "--second-stage", "-3", "3", "-", "--", "true")]
    [InlineData(false, "--second-stage", "0:1:2", "/a", "-", "--", "true")]
    [InlineData(false, "--second-stage", "3", "4", "-", "--")]
    [InlineData(false, "--second-stage", "3", "4", "--", "true")]
    [InlineData(false, "--second-stage", "true")]
    [InlineData(false, "run", "--second-stage", "3", "4", "-", "--", "true")]
    [InlineData(false)]
    public void It_is_meant_only_in_its_exact_form(bool meant, params string[] args) => Assert.Equal(meant, SecondStage.IsMeant(args));
}
