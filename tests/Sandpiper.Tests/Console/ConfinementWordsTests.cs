using Sandpiper.Console;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Tests.Console;

public sealed class ConfinementWordsTests
{
    public static TheoryData<SandboxObstacle> Obstacles => [.. Enum.GetValues<SandboxObstacle>()];

    [Theory]
    [InlineData(SandboxObstacle.AppArmor, "AppArmor", "/etc/apparmor.d/bwrap")]
    [InlineData(SandboxObstacle.NoNamespaces, "no new namespaces", "seccomp")]
    [InlineData(SandboxObstacle.NamespaceLimit, "limited", "sysctl")]
    [InlineData(SandboxObstacle.NoMounts, "no mounts", "apparmor=unconfined")]
    [InlineData(SandboxObstacle.BubblewrapAbsent, "bubblewrap is not installed (`what it said`)", "sudo apt install bubblewrap")]
    [InlineData(SandboxObstacle.BubblewrapChangeable, "`what it said` can be changed by somebody other than root", "--reinstall")]
    [InlineData(SandboxObstacle.OwnProgramClosed, "may neither start nor read `what it said`", "sudo install")]
    [InlineData(SandboxObstacle.StreamReachesOthers, "standard stream what it said is a socket", "| cat")]
    [InlineData(SandboxObstacle.StreamIsDirectory, "standard stream what it said is a directory", "/dev/null")]
    public void What_is_known_gets_a_reason_and_a_hint(SandboxObstacle obstacle, string because, string hint)
    {
        Explanation explanation = Explanations.Of(new SandboxUnavailableException(obstacle, "what it said"));
        Assert.Equal(ExitCode.NoSandbox, explanation.Exit);
        Assert.Contains(because, Assert.Single(explanation.Because), StringComparison.Ordinal);
        Assert.Contains("what it said", explanation.Because[0], StringComparison.Ordinal);
        Assert.Contains(hint, Assert.Single(explanation.Hints), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Obstacles))]
    public void Every_obstacle_has_words_of_its_own_with_a_subject_and_without(SandboxObstacle obstacle)
    {
        string words = BecauseOf(obstacle);
        Assert.NotEqual("", words);
        Assert.NotEqual("", BecauseOf(obstacle, null));
        Assert.DoesNotContain(words, Enum.GetValues<SandboxObstacle>().Where(other => other != obstacle).Select(other => BecauseOf(other)));

        static string BecauseOf(SandboxObstacle which, string? subject = "bwrap: something new") =>
            Explanations.Of(new SandboxUnavailableException(which, subject)).Because[0];
    }

    [Fact]
    public void What_is_not_known_is_passed_on() =>
        Assert.Equal(["bwrap: something new"],
            Explanations.Of(new SandboxUnavailableException(SandboxObstacle.BubblewrapFailed, "bwrap: something new")).Because);

    [Fact]
    public void A_refused_grant_says_what_and_why() => Assert.All(Refusals, refusal =>
    {
        Explanation explanation = Explanations.Of(new GrantRefusedException(refusal.Access, "/p", refusal.Reason));
        Assert.Equal((ExitCode.RunFailed, refusal.What, refusal.Because),
            (explanation.Exit, explanation.What, Assert.Single(explanation.Because)));
    });

    private static readonly (PathAccess Access, GrantRefusal Reason, string What, string Because)[] Refusals =
    [
        (PathAccess.Read, new GrantRefusal.Device(), ToRead, "a device is granted as one, where it may be: --device /p"),
        (PathAccess.Read, new GrantRefusal.Absent(), ToRead, "there is nothing of that name, or we may not look at it"),
        (
            PathAccess.Read, new GrantRefusal.LeadsTo("/home/ann/.ssh", new(SensitivityKind.HiddenInHome)), ToRead,
            "it leads to `/home/ann/.ssh`, and hidden directories of your home hold keys and settings; name that itself if you mean it"
        ),
        (
            PathAccess.Write, new GrantRefusal.Absent(), ToWrite,
            "there is neither a directory nor a file of that name, or we may not look at it"
        ),
        (
            PathAccess.Write, new GrantRefusal.Sensitive(new(SensitivityKind.Home)), ToWrite,
            "it is your home directory; what is written there can run later with all your rights"
        ),
        (
            PathAccess.Write, new GrantRefusal.LeadsElsewhere("/q"), ToWrite,
            "it leads to `/q` by now; what is remembered is a place, wherever links lead"
        ),
        (PathAccess.Write, new GrantRefusal.HoldsPackages(), ToWrite, "the sealed packages of every environment lie there"),
        (PathAccess.Write, new GrantRefusal.HoldsCache(), ToWrite, "what later installs believe lies there (the cache)"),
        (PathAccess.Write, new GrantRefusal.NotTheCallers(null), ToWrite, "you may not write there yourself"),
        (
            PathAccess.Write, new GrantRefusal.NotTheCallers("sandpiper"), ToWrite,
            "started as root, the program runs as the ordinary user sandpiper, who may not write there"
        ),
    ];

    [Fact]
    public void Why_a_directory_is_hidden_has_words() =>
        Assert.All(Sensitivities, hidden => Assert.Equal(hidden.Why, ConfinementWords.Of(hidden.Hidden)));

    private static readonly (HiddenDirectory Hidden, string Why)[] Sensitivities =
    [
        (new HiddenDirectory.OnRequest(), "you said so"),
        (new HiddenDirectory.Gone(), "it is gone"),
        (new HiddenDirectory.Kept(new(SensitivityKind.WholeFileSystem)), "it is the whole file system"),
        (new HiddenDirectory.Kept(new(SensitivityKind.Home)), "it is your home directory"),
        (new HiddenDirectory.Kept(new(SensitivityKind.AboveHome)), "your home directory lies in it"),
        (new HiddenDirectory.Kept(new(SensitivityKind.OfEverybody)), "everybody's temporary files and sockets lie in it"),
        (new HiddenDirectory.Kept(new(SensitivityKind.AboveSystem, "/var/lib")), "it holds `/var/lib`"),
        (new HiddenDirectory.Kept(new(SensitivityKind.HiddenInHome)), "hidden directories of your home hold keys and settings"),
        (new HiddenDirectory.Kept(new(SensitivityKind.InSystem, "/etc")), "it belongs to the system (`/etc`)"),
        (new HiddenDirectory.Kept(new(SensitivityKind.AmongKeys, ".ssh")), "keys are kept there (`.ssh`)"),
        (new HiddenDirectory.Kept(new(SensitivityKind.HoldsKeys, ".netrc")), "keys lie in it (`.netrc`)"),
    ];

    [Fact]
    public void The_second_stage_says_one_line()
    {
        Assert.Equal("sandpiper: `/a` was replaced while the sandbox was made; nothing was run",
            Line(SecondStageFailureKind.Replaced, "/a", 125));
        Assert.Equal("sandpiper: what the sandbox shall show was not told (descriptor 9); nothing was run",
            Line(SecondStageFailureKind.NotTold, "descriptor 9", 125));
        Assert.Equal("sandpiper: `no-such-program`: not found in the sandbox",
            Line(SecondStageFailureKind.NotFound, "no-such-program", 127));
        Assert.Equal("sandpiper: `/etc/passwd`: not executable (errno 13)", Line(SecondStageFailureKind.NotExecutable, "/etc/passwd", 126));

        static string Line(SecondStageFailureKind kind, string subject, int exitCode)
        {
            var failure = new SecondStageFailure(kind, subject, 13);
            Assert.Equal(exitCode, failure.ExitCode);
            return failure.Line;
        }
    }

    private const string ToRead = "`/p` cannot be shown to the program", ToWrite = "`/p` cannot be granted for writing";
}
