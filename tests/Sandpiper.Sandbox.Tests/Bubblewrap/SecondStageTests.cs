using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class SecondStageTests(Ground ground) : IClassFixture<Ground>
{
    private Outcome Become(params string[] command) => BecomeIf([], command);

    private Outcome BecomeIf(string[] seen, params string[] command) =>
        // Python starts it as bubblewrap does: with signals ignored and one blocked.
        Ground.Finish(ground.AsOrdinaryUser(
        [
            "/usr/bin/python3", "-I", "-c",
            "import os,signal as s,sys\nos.environ['PATH']='/usr/bin:/bin'; s.signal(s.SIGXFSZ, s.SIG_DFL)\nfor n in (s.SIGINT,s.SIGQUIT): s.signal(n, s.SIG_IGN)\ns.pthread_sigmask(s.SIG_BLOCK,[s.SIGUSR1])\nos.execv(sys.argv[1],sys.argv[1:])",
            Driver.Program, "--second-stage", .. seen, "--", .. command,
        ]));

    [Fact]
    public void The_program_starts_with_the_signals_as_they_are_meant()
    {
        string[] status = Become("grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status").Output.Split('\n');
        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"], status);
    }

    [Fact]
    public void Its_arguments_are_untouched() => Assert.Equal("--second-stage|--|a b||ü|", Become("printf", "%s|", "--second-stage", "--", "a b", "", "ü").Output);

    [Fact]
    public void It_is_found_in_the_path_or_not()
    {
        Outcome outcome = Become("no-such-program");
        Assert.Equal(new Outcome(127, "", "sandpiper: `no-such-program`: not found in the sandbox"), outcome);
    }

    [Fact]
    public void Nothing_runs_when_something_else_is_shown_than_was_judged()
    {
        SeenPath tmp = SeenPath.Of("/tmp")!, usr = SeenPath.Of("/usr")!;
        Assert.Equal("ran", BecomeIf([tmp.Identity, "/tmp", usr.Identity, "/usr"], "printf", "ran").Output);
        Outcome replaced = BecomeIf([tmp.Identity, "/tmp", tmp.Identity, "/usr"], "printf", "ran");
        Assert.Equal((125, ""), (replaced.ExitCode, replaced.Output));
        Assert.Equal((125, ""), BecomeIf([tmp.Identity, "/no/such/path"], "printf", "ran") is var gone ? (gone.ExitCode, gone.Output) : default);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/tmp")]
    public void What_is_no_program_is_not_executed(string path)
    {
        Outcome outcome = Become(path);
        Assert.Equal(126, outcome.ExitCode);
        Assert.StartsWith($"sandpiper: `{path}`: not executable", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "--second-stage", "--", "true")]
    [InlineData(true, "--second-stage", "0:1:2", "/a", "--", "true", "--")]
    [InlineData(false, "--second-stage", "0:1:2", "--", "true")]
    [InlineData(false, "--second-stage", "--")]
    [InlineData(false, "--second-stage", "true")]
    [InlineData(false, "run", "--second-stage", "--", "true")]
    [InlineData(false)]
    public void It_is_meant_only_in_its_exact_form(bool meant, params string[] args) => Assert.Equal(meant, SecondStage.IsMeant(args));
}
