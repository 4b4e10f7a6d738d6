using Sandpiper.Kernel;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Console;

/// <summary>The words for what the sandbox knows: why there is none, why a grant is refused, and what a program could do.</summary>
internal static class ConfinementWords
{
    /// <summary>What the last step inside told outside.</summary>
    public static Explanation Of(SecondStageException refused) => refused.Failure switch
    {
        { Kind: SecondStageFailureKind.Replaced } replaced => new(ExitCode.RunFailed,
            $"`{replaced.Subject}` was replaced while the sandbox was made; nothing was run",
            "something exchanges names there, again and again"),
        { Kind: SecondStageFailureKind.TooManyNames } many => new(ExitCode.RunFailed,
            $"`{many.Subject}` cannot be granted for writing; nothing was run",
            "it holds thousands of names that other programs run by themselves (`*.pth`), and each would have to be protected"),
        { Kind: SecondStageFailureKind.NotEntered } closed => new(ExitCode.RunFailed,
            $"a program cannot be started in `{closed.Subject}`; nothing was run",
            "it may not be entered, or is not there any more", "cd to another directory"),
        { Errno: Errno.TooManyOpen } => new(ExitCode.RunFailed, "more is to be shown than files may be open; nothing was run",
            "each package and each grant is one while the sandbox is made (RLIMIT_NOFILE)", "ulimit -n 4096"),
        { Kind: SecondStageFailureKind.NotShown } absent => new(ExitCode.NoSandbox,
            "there is no sandbox to be had here; nothing was run",
            $"`{absent.Subject}` could not be mounted inside (errno {absent.Errno}): "
                + "does an AppArmor profile take the right to mount from what bubblewrap starts?"),
        { Kind: SecondStageFailureKind.NotProtected } open => new(ExitCode.NoSandbox,
            "there is no sandbox to be had here; nothing was run",
            $"`{open.Subject}` could not be made read-only inside (errno {open.Errno}): "
                + "does an AppArmor profile take the right to mount from what bubblewrap starts?"),
        { Kind: SecondStageFailureKind.NotConfined } open => new(ExitCode.NoSandbox,
            "there is no sandbox to be had here; nothing was run",
            $"a restriction was not taken inside ({open.Subject}, errno {open.Errno}): "
                + "does an AppArmor profile take rights from what bubblewrap starts?"),
        var failure => new(ExitCode.RunFailed, "nothing was run", failure.Line),
    };

    public static Explanation Of(SandboxUnavailableException unavailable)
    {
        if (unavailable.Obstacle is SandboxObstacle.Killed)
        {
            return new(ExitCode.RunFailed, "the sandbox was ended before the program began; nothing was run",
                $"by signal {unavailable.Subject}: somebody's, or the kernel's, for want of memory or time", "run the same command again");
        }
        var (because, hint) = Of(unavailable.Obstacle, unavailable.Subject ?? "");
        return new(ExitCode.NoSandbox, "there is no sandbox to be had here; nothing was run", [because], hint is null ? [] : [hint]);
    }

    public static Explanation Of(GrantRefusedException refused)
    {
        bool toWrite = refused.Access is PathAccess.Write;
        string what = refused.Access is PathAccess.Device ? $"`{refused.Path}` cannot be granted as a device"
            : toWrite ? $"`{refused.Path}` cannot be granted for writing" : $"`{refused.Path}` cannot be shown to the program";
        return new(ExitCode.RunFailed, what, refused.Reason switch
        {
            GrantRefusal.Absent =>
                $"there is {(toWrite ? "neither a directory nor a file" : "nothing")} of that name, or we may not look at it",
            GrantRefusal.NoText => $"{NoText}; what lies around it can be granted",
            GrantRefusal.LeadsTo to => $"it leads to `{to.Real}`, and {Of(to.Why)}; name that itself if you mean it",
            GrantRefusal.LeadsElsewhere to => $"it leads to `{to.Real}` by now; what is remembered is a place, wherever links lead",
            GrantRefusal.Sensitive sensitive => $"{Of(sensitive.Why)}; what is written there can run later with all your rights",
            GrantRefusal.HoldsPackages => "the sealed packages of every environment lie there",
            GrantRefusal.HoldsPrograms =>
                "your shell looks for programs there (PATH); what is written there would run with all your rights",
            GrantRefusal.Device => $"a device is granted as one, where it may be: --device {refused.Path}",
            GrantRefusal.UnfitDevice unfit => Of(unfit.Why),
            GrantRefusal.HoldsCache => "what later installs believe lies there (the cache)",
            GrantRefusal.NotTheCallers { InsteadOfRoot: { } user } =>
                $"started as root, the program runs as the ordinary user {user}, who may not write there",
            _ when refused.Access is PathAccess.Device =>
                "you may not use it yourself; `ls -l` tells which group may, and `sudo usermod -aG GROUP USER` makes you one of it",
            _ => "you may not write there yourself",
        });
    }

    private static string Of(DeviceRefusal why) => why switch
    {
        DeviceRefusal.Elsewhere => "devices lie in /dev",
        DeviceRefusal.OfTheSandbox => "the sandbox has its own of it",
        DeviceRefusal.Disk => "it is a disk: every file on it could be read and written, whoever it belongs to",
        DeviceRefusal.Memory => "it is memory of the machine itself",
        DeviceRefusal.Input => "keyboards and mice are behind it: everything typed could be read, or typed for you",
        DeviceRefusal.Terminal => "somebody works at it: what he types could be read; a program has a terminal of its own",
        DeviceRefusal.Machine => "it manages the machine: its power, its firmware, its disks",
        _ => "it is no device of characters (a file is granted with --read or --write)",
    };

    /// <summary>Of a path.</summary>
    public const string NoText = "its name is no UTF-8, so that it could be neither compared nor put on record";

    public static string Of(HiddenDirectory hidden) => hidden switch
    {
        HiddenDirectory.OnRequest => "you said so",
        HiddenDirectory.Kept kept => Of(kept.Why),
        HiddenDirectory.NoText => NoText,
        _ => "it is gone",
    };

    private static string Of(Sensitivity why) => why.Kind switch
    {
        SensitivityKind.WholeFileSystem => "it is the whole file system",
        SensitivityKind.Home => "it is your home directory",
        SensitivityKind.AboveHome => "your home directory lies in it",
        SensitivityKind.OfEverybody => "everybody's temporary files and sockets lie in it",
        SensitivityKind.AboveSystem => $"it holds `{why.Name}`",
        SensitivityKind.HiddenInHome => "hidden directories of your home hold keys and settings",
        SensitivityKind.InSystem => $"it belongs to the system (`{why.Name}`)",
        SensitivityKind.AmongKeys => $"keys are kept there (`{why.Name}`)",
        _ => $"keys lie in it (`{why.Name}`)",
    };

    private static (string Because, string? Hint) Of(SandboxObstacle obstacle, string subject) => obstacle switch
    {
        SandboxObstacle.RootHeld => ("root cannot be confined", "start it as an ordinary user"),
        SandboxObstacle.BubblewrapAbsent => ($"bubblewrap is not installed (`{subject}`)", "sudo apt install bubblewrap"),
        SandboxObstacle.BubblewrapChangeable =>
            ($"`{subject}` can be changed by somebody other than root", "sudo apt install --reinstall bubblewrap"),
        SandboxObstacle.OwnProgramClosed =>
            ($"the user that the program would run as may neither start nor read `{subject}`",
                "sudo install -m 755 sandpiper /usr/local/bin/"),
        SandboxObstacle.NoSecondStage =>
            ("this command was built without what has to run inside first (`./build` puts that into it)", "./build"),
        SandboxObstacle.FilesTooSmall =>
            ($"what has to run inside first is a file larger than one may be here: {subject} bytes (RLIMIT_FSIZE)", "ulimit -f unlimited"),
        SandboxObstacle.AppArmor =>
            ($"AppArmor lets no ordinary program use a user namespace ({subject})",
                "allow it to bubblewrap alone: a profile for /usr/bin/bwrap with `userns,` in /etc/apparmor.d/bwrap, "
                + "then sudo systemctl reload apparmor"),
        SandboxObstacle.NamespaceLimit =>
            ($"the number of namespaces is limited here ({subject})", "sudo sysctl user.max_user_namespaces=10000"),
        SandboxObstacle.NoNamespaces =>
            ($"this kernel or container allows no new namespaces ({subject})",
            "in a container: start it with --security-opt seccomp=unconfined, or one that allows unshare and mount"),
        SandboxObstacle.NoMounts =>
            ($"this container allows no mounts ({subject})", "in a container: start it with --security-opt apparmor=unconfined"),
        SandboxObstacle.NotWithThis =>
            ("bubblewrap works here, but not with what this program was to be shown"
                + (subject.Length > 0 ? $": {subject}" : "; its own message is above"), null),
        SandboxObstacle.PathAbsent => ($"`{subject}` cannot be part of the sandbox: it does not exist, or we may not look at it", null),
        SandboxObstacle.PathIsEverything => ($"`{subject}` cannot be part of the sandbox: it would show everything", null),
        SandboxObstacle.PathIsTheSandboxesOwn => ($"`{subject}` cannot be part of the sandbox: the sandbox has its own", null),
        SandboxObstacle.StreamIsDirectory =>
            ($"standard stream {subject} is a directory, which leads out of every sandbox", "give it a file or /dev/null"),
        SandboxObstacle.StreamReachesOthers =>
            ($"standard stream {subject} is a socket that can send to everybody, in no sandbox's network", "give it a pipe: … | cat"),
        SandboxObstacle.UnknownArchitecture => ($"there is no system call filter for {subject} yet", null),
        _ => (subject.Length > 0 ? subject : "bubblewrap failed without a word", null),
    };
}
