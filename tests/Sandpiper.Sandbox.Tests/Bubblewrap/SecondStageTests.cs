using System.Text;
using CsCheck;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class SecondStageTests(Ground ground) : IClassFixture<Ground>
{
    private Outcome Become(params string[] command) => BecomeIf([], command);

    private Outcome BecomeIf(byte[] judged, params string[] command)
    {
        string file = Path.Join(ground.Root, $"judged-{Guid.NewGuid():N}");
        File.WriteAllBytes(file, judged);
        // Python starts it as bubblewrap does: with signals ignored and one blocked, and what was judged under a number.
        const string Bubblewrap = """
            import os, signal as s, sys
            os.environ['PATH'] = '/usr/bin:/bin'
            s.signal(s.SIGXFSZ, s.SIG_DFL)
            for n in (s.SIGINT, s.SIGQUIT): s.signal(n, s.SIG_IGN)
            s.pthread_sigmask(s.SIG_BLOCK, [s.SIGUSR1])
            os.dup2(os.open(sys.argv[1], os.O_RDONLY), 9)
            os.execv(sys.argv[2], sys.argv[2:])
            """;
        return Ground.Finish(ground.AsOrdinaryUser(
            ["/usr/bin/python3", "-I", "-c", Bubblewrap, file, Driver.Program, "--second-stage", "9", "--", .. command]));
    }

    private static byte[] Judged(params (string Identity, string Path)[] paths) =>
        Encoding.UTF8.GetBytes(string.Concat(paths.Select(path => $"{path.Identity}\0{path.Path}\0")));

    private static string IdentityOf(string path) => $"{ShownPath.Needed(path, PathAccess.Read).Identity}";

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
        string tmp = IdentityOf("/tmp"), usr = IdentityOf("/usr");
        Assert.Equal(new Outcome(0, "ran", ""), BecomeIf(Judged((tmp, "/tmp"), (usr, "/usr")), "printf", "ran"));
        Assert.Equal(new Outcome(125, "", "Replaced: /usr"), BecomeIf(Judged((tmp, "/tmp"), (tmp, "/usr")), "printf", "ran"));
        Assert.Equal(new Outcome(125, "", "Replaced: /no/such/path"), BecomeIf(Judged((tmp, "/no/such/path")), "printf", "ran"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_path_is_compared_wherever_it_stands(int wrong)
    {
        string[] paths = ["/tmp", "/usr", "/etc", "/usr/bin"];
        (string, string)[] judged = [.. paths.Select((path, i) => (i == wrong ? "0:0:1" : IdentityOf(path), path))];
        Assert.Equal(new Outcome(125, "", $"Replaced: {paths[wrong]}"), BecomeIf(Judged(judged), "printf", "ran"));
    }

    [Fact]
    public void Nothing_runs_when_it_is_not_told_what_was_judged()
    {
        Assert.Equal(new Outcome(125, "", "NotTold: descriptor 9"), BecomeIf(Judged((IdentityOf("/usr"), "/usr"))[..^1], "printf", "ran"));
        Assert.Equal(new Outcome(125, "", "NotTold: descriptor 9"), BecomeIf(Judged(("no identity", "/usr")), "printf", "ran"));
        Assert.Equal(new Outcome(125, "", "NotTold: descriptor 9"), BecomeIf(Judged((IdentityOf("/usr"), "usr")), "printf", "ran"));
    }

    [Fact]
    public void What_was_judged_is_no_open_file_of_the_programs() =>
        Assert.DoesNotContain("9", Become("ls", "/proc/self/fd").Output.Split('\n'));

    [Fact]
    public void All_that_was_judged_is_told() => Gen.Int[0, 3].Array[0, 20].Sample(which =>
    {
        string[] paths = ["/usr", "/tmp", "/etc", "/usr/bin"];
        ShownPath[] shown = [.. which.Select(i => ShownPath.Needed(paths[i], PathAccess.Read))];
        Assert.True(JudgedPaths.TryRead(JudgedPaths.ToBytes(shown), out var judged));
        Assert.Equal(shown.Select(s => (s.Identity, s.Path)), judged);
    });

    [Fact]
    public void Anything_else_is_not_whole_or_told_as_it_is_and_no_exception() =>
        Gen.Byte.Array[0, 200].Sample(bytes => { _ = JudgedPaths.TryRead(bytes, out _); });

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
    [InlineData(true, "--second-stage", "3", "--", "true")]
    [InlineData(true, "--second-stage", "12", "--", "true", "--")]
    [InlineData(false, "--second-stage", "--", "true")]
    [InlineData(false, "--second-stage", "2", "--", "true")]
    [InlineData(false, "--second-stage", "-3", "--", "true")]
    [InlineData(false, "--second-stage", "0:1:2", "/a", "--", "true")]
    [InlineData(false, "--second-stage", "3", "--")]
    [InlineData(false, "--second-stage", "true")]
    [InlineData(false, "run", "--second-stage", "3", "--", "true")]
    [InlineData(false)]
    public void It_is_meant_only_in_its_exact_form(bool meant, params string[] args) => Assert.Equal(meant, SecondStage.IsMeant(args));
}
