using System.Collections.Immutable;
using System.ComponentModel;
using System.Net.Sockets;
using Sandpiper.Archives;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Indexes;
using Sandpiper.Interpreters;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Operations;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Policies;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Remembered;
using Sandpiper.Sandbox.Reviews;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Console;

/// <summary>Turns the facts that a room raised into the words that a person reads.</summary>
internal static class Explanations
{
    private const int NoSpace = 28; // ENOSPC
    private const int ReadOnlyFileSystem = 30; // EROFS
    private const int NoMoreFiles = 24, NoMoreHere = 23; // EMFILE, ENFILE: of this process, of the machine
    private const int NoFurther = 11, NoMemory = 12; // EAGAIN, ENOMEM: no further process or thread, no further page
    private const string Nothing = "nothing was changed";

    public static Explanation Of(Exception error) => error switch
    {
        ExplainedException e => e.Explanation,
        ChangeUnfinishedException e => OfUnfinished(e),
        RefusedException e => OfRefusal(e.Refusal, e.InnerException as ArchiveRefusedException),
        ArchiveRefusedException e => new(ExitCode.Refused, $"an archive was refused; {Nothing}", OfArchive(e)),
        IndexException e => IndexWords.Of(e),
        RequirementsFileException e => new(ExitCode.WrongUsage, $"`{e.Where}` was not understood; {Nothing}", e.Because),
        InterpreterException e => new(ExitCode.CouldNot, $"no interpreter to install for; {Nothing}", $"{e.Because}{Quoted(e.Path)}",
            "sandpiper install --python /path/to/python3 …"),
        WaiverFileDamagedException e => new(
            ExitCode.Refused, $"the record of what you allowed cannot be read; {Nothing}", $"{e.Because}: `{e.File}`, line {e.Line}",
            $"mend or remove {e.File}"),
        GrantFileDamagedException e => new(
            ExitCode.Refused, $"the record of what your commands may do cannot be read; {Nothing}",
            $"{e.Because}: `{e.File}`, line {e.Line}", $"mend or remove {e.File}"),
        UnwritableException { InnerException: IOException { HResult: NoSpace } } e => new(
            ExitCode.CouldNot, $"the disk is full; {Nothing}", $"`{e.Path}` cannot be written",
            "free some space and run the same command again"),
        UnwritableException { InnerException: UnauthorizedAccessException } e => new(ExitCode.CouldNot,
            $"the data directory cannot be written; {Nothing}", $"it may not be written: `{e.Path}`",
            "choose another place with --root DIR"),
        UnwritableException e => new(ExitCode.CouldNot, $"the data directory cannot be written; {Nothing}", $"{e.Because}: `{e.Path}`",
            "choose another place with --root DIR"),
        StoreDamagedException { IsDistrusted: true } e => new(ExitCode.Refused,
            $"an entry of the store is not what was sealed; {Nothing}",
            $"{e.Because}: {e.Digest}", "run the same command again: it fetches the wheel anew"),
        StoreDamagedException e => new(
            ExitCode.Refused, $"an entry of the store is not what was sealed; {Nothing}", $"{e.Because}: {e.Digest}", "sandpiper repair"),
        CurrentLostException e => new(ExitCode.CouldNot, $"`{e.Environment}` does not say which of its generations is current; {Nothing}",
            $"`{e.Link}` is gone or leads elsewhere; {Counted.Of(e.Generations, "generation")} {(e.Generations == 1 ? "is" : "are")} "
                + $"there, and {e.Last} was current last",
            $"sandpiper repair{InEnvironment.Option(e.Environment)}", $"sandpiper rollback {e.Last}{InEnvironment.Option(e.Environment)}"),
        InterpreterGoneException e => new(ExitCode.CouldNot, $"the interpreter of `{e.Environment}` is gone; {Nothing}",
            $"{e.Because}; it was `{e.Path}`",
            $"sandpiper install --python /path/to/python3{InEnvironment.Option(e.Environment)} "
                + $"{string.Join(' ', e.Requested.Select(r => $"'{r}'"))}"),
        EnvironmentException { IsOfPlace: true } e => new(ExitCode.CouldNot, $"that environment cannot be used; {Nothing}", e.Because,
            "choose another place with --root DIR"),
        EnvironmentException e => new(ExitCode.CouldNot, $"that environment cannot be used; {Nothing}", e.Because),
        SandboxUnavailableException e => ConfinementWords.Of(e),
        GrantRefusedException e => ConfinementWords.Of(e),
        SecondStageException e => ConfinementWords.Of(e),
        PortTakenException e => NetworkWords.Of(e),
        CopyRefusedException e => ReviewWords.Of(e),
        _ when IsOutOfFiles(error) => new(ExitCode.CouldNot, $"no more files may be open; {Nothing}",
            "each of a process's files, pipes and connections is one (RLIMIT_NOFILE)", "ulimit -n 4096"),
        OutOfMemoryException or TypeInitializationException or AggregateException or TaskSchedulerException or Win32Exception
            or KernelException { Path: null } when IsExhaustion(error) => Exhausted,
        KernelException { Path: null } e => new(
            ExitCode.NoSandbox, "a step of the confinement failed; nothing was run", $"{e.Call}: errno {e.Errno}"),
        OperationCanceledException => new(ExitCode.Interrupted, $"stopped; {Nothing}", "you pressed Ctrl-C, or were asked to stop"),
        UnauthorizedAccessException e => new(
            ExitCode.CouldNot, $"a file or directory cannot be used; {Nothing}",
            PathIn(e) is { } path ? $"it may not be read or written: `{path}`" : e.Message),
        IOException { HResult: NoSpace } e => new(
            ExitCode.CouldNot, $"the disk is full; {Nothing}", e.Message, "free some space and run the same command again"),
        IOException { HResult: ReadOnlyFileSystem } e => new(
            ExitCode.CouldNot, $"the file system is read-only; {Nothing}", e.Message, "choose another place with --root DIR"),
        // What the base library says of the current directory, and of nothing else.
        FileNotFoundException { FileName: null } => HereIsGone,
        FileNotFoundException { FileName: { } name } => new(
            ExitCode.CouldNot, $"a file could not be read or written; {Nothing}", $"there is no such file: `{name}`"),
        DirectoryNotFoundException e when PathIn(e) is { } path => new(
            ExitCode.CouldNot, $"a file could not be read or written; {Nothing}", $"there is no such directory: `{path}`"),
        IOException e => new(ExitCode.CouldNot, $"a file could not be read or written; {Nothing}", e.Message),
        _ => new(ExitCode.CouldNot, "internal error; please report it with the lines below",
            error.ToString().Split('\n').ToImmutableArray(), []),
    };

    /// <summary>A path from here leads nowhere, or to another place than it did.</summary>
    public static Explanation HereIsGone => new(ExitCode.CouldNot, $"the directory that you stand in is gone; {Nothing}",
        "a path from there leads nowhere any more", "cd into a directory that is there");

    private static Explanation Exhausted => new(ExitCode.CouldNot, $"there is no memory left, or one process too many; {Nothing}",
        "the kernel gives no further page or thread", "ulimit -a      says how many processes and how much memory you may have");

    // What .NET says of a thread that is not started: the last; where it starts one for signals, or for a task, in the words of those.
    private static bool IsExhaustion(Exception error) => error switch
    {
        AggregateException several => several.InnerExceptions.Any(IsExhaustion),
        TypeInitializationException or TaskSchedulerException => error.InnerException is { } cause && IsExhaustion(cause),
        IOException { HResult: NoFurther or NoMemory } or KernelException { Errno: NoFurther or NoMemory } => true,
        Win32Exception program => program.NativeErrorCode is NoFurther or NoMemory, // one that could not be started
        _ => error is OutOfMemoryException,
    };

    // A socket's errors have no number that is the kernel's.
    private static bool IsOutOfFiles(Exception error) => error switch
    {
        AggregateException several => several.InnerExceptions.Any(IsOutOfFiles),
        TypeInitializationException { InnerException: { } cause } => IsOutOfFiles(cause),
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => true,
        _ => error is IOException { HResult: NoMoreFiles or NoMoreHere },
    };

    private static Explanation OfUnfinished(ChangeUnfinishedException e) => new(
        ExitCode.CouldNot,
        e.Step switch
        {
            AfterSwitch.Shims =>
                $"`{e.Environment}` is at generation {e.Generation} now, but not all of its commands are where your shell finds them",
            AfterSwitch.Ledger => $"`{e.Environment}` is at generation {e.Generation} now, but its history does not say so yet",
            _ => $"`{e.Environment}` is at generation {e.Generation} now, but that may not outlive a power failure",
        },
        e.Message,
        "run the same command again when there is room and permission: it does what is left");

    private static Explanation OfRefusal(Refusal refused, ArchiveRefusedException? archive)
    {
        Finding first = refused.First;
        string more = refused.Findings.Length > 1 ? $", and {refused.Findings.Length - 1} more" : "";
        ImmutableArray<string> because =
        [
            archive is null ? $"{OthersName(refused)}{FindingWords.Of(first)}{more} ({refused.Rule})" : OfArchive(archive),
            .. FindingWords.EvidenceOf(first) is { } evidence ? [$"  1 │ {evidence}"] : ImmutableArray<string>.Empty,
            .. WhyNoMore(refused.Allowance) is { } ended ? [ended] : ImmutableArray<string>.Empty,
        ];
        string what = refused switch
        {
            { OtherWay.Artifact: { } other } => $"{NamesOf([refused.Artifact!, other])} cannot both be installed",
            { First: { Precedence: Precedence.OfAnotherBefore, Owner: { } owner } } => $"{NamesOf([owner])} was not installed",
            { Artifact: { } artifact } => $"{NamesOf([artifact])} was not installed",
            _ => "a wheel was refused",
        };
        return new(ExitCode.Refused, $"{what}; {Nothing}", because, HintsOf(refused));
    }

    /// <summary>An older generation stands on what was accepted once, and is no more.</summary>
    public static Explanation OfRollback(int generation, Refusal refused) => new(
        ExitCode.Refused,
        $"generation {generation} was not gone back to; {Nothing}",
        [
            $"{refused.Artifact} is in it: {FindingWords.Of(refused.First)} ({refused.Rule})",
            WhyNoMore(refused.Allowance) ?? "nothing that you allowed covers that",
        ],
        [AllowanceOf(refused, refused.Artifact!)]);

    // Whose file it is, where that is not the one that is told to be refused.
    private static string OthersName(Refusal refused) =>
        refused.First.Precedence is Precedence.OfAnotherBefore ? $"{refused.Artifact} is there: " : "";

    private static string? WhyNoMore(WaiverState? state) => state switch
    {
        WaiverState.Expired => "you allowed it until a day that has passed",
        WaiverState.Withdrawn => "you allowed it and took that back",
        WaiverState.Unbound => "you allowed it before allowances held for the very bytes, so that it no longer counts",
        _ => null,
    };

    private static ImmutableArray<string> HintsOf(Refusal refused)
    {
        if (refused.Rule is "SP-ZIP-29") return ["sandpiper install … --max-files N      if you know that it has as many"];
        if (refused.Rule is "SP-ZIP-32") return ["sandpiper install … --max-ratio N      if you know that it grows as much"];
        if (!refused.MayBeAccepted || refused.Artifact is not { } artifact) return [];
        if (refused.OtherWay is { } otherWay)
        {
            Refusal[] ways = [.. ((Refusal[])[refused, otherWay]).OrderBy(w => w.Artifact!.Name)];
            return
            [
                "install one of the two without the other, or let one do without its file:",
                .. ways.Select(w => AllowanceOf(w, w.Artifact!)),
            ];
        }
        return
        [
            .. refused.First.IsHook
                ? ["sandpiper install … --omit-hooks      install it without that file"] : ImmutableArray<string>.Empty,
            .. refused.Findings.All(f => Rules.MayBeTried(f.Fault))
                ? [$"sandpiper try {artifact.Name}=={artifact.Version}      look at it, confined, in a throw-away environment"]
                : ImmutableArray<string>.Empty,
            AllowanceOf(refused, artifact),
        ];
    }

    private static string AllowanceOf(Refusal refused, Artifact artifact)
    {
        string where = refused.Environment is { } environment ? $" --env {environment}" : "";
        string keeps = refused.First.Owner is { } owner ? $"; `{owner.Name}` keeps its file" : "";
        return $"sandpiper allow {artifact.Name}=={artifact.Version} --rule {refused.Rule}{where} --reason …      "
            + $"accept it, on record{keeps}";
    }

    private static string NamesOf(IEnumerable<Artifact> artifacts) =>
        string.Join(" and ", artifacts.OrderBy(a => a.Name).Select(a => $"`{a.Name}` {a.Version}"));

    private static string OfArchive(ArchiveRefusedException e) => $"{e.Because}{Quoted(e.Member)}, byte {e.Offset} ({e.Rule})";

    // The base library tells it in a sentence only.
    private static string? PathIn(Exception e) => e.Message.Split('\'') is [_, { Length: > 0 } path, _] ? path : null;

    private static string Quoted(string? member) => member is null ? "" : $": `{member}`";
}
