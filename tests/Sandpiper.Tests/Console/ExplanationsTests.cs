using System.Text;
using Sandpiper.Archives;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Indexes;
using Sandpiper.Interpreters;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Operations;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Remembered;
using Sandpiper.Sandbox.Reviews;
using Sandpiper.Store;
using Sandpiper.Tests.Snapshots;
using Sandpiper.Wheels;

namespace Sandpiper.Tests.Console;

public sealed class ExplanationsTests
{
    private static readonly Artifact EvilWheel = new(PackageName.Parse("evil"), Pep440Version.Parse("1.0"), Sha256Digest.Of("evil"u8));
    private static readonly Artifact Good = new(PackageName.Parse("good"), Pep440Version.Parse("2.0"), Sha256Digest.Of("good"u8));
    private static readonly Uri Page = new("https://index.example/simple/evil/");

    private static readonly (string Case, Exception Error)[] Cases =
    [
        ("what commands may do cannot be read", new GrantFileDamagedException("/d/grants.jsonl", 7, "it is no grant (\e[2J)")),
        ("a package, because of its archive",
            Refused(new Finding(Fault.Archive) { Rule = "SP-ZIP-07" },
                new ArchiveRefusedException("SP-ZIP-07", "the two headers give different checksums", "evil/\e[2J.py", 31))),
        ("a package, because of its wheel",
            Refused(new Finding(Fault.ReplacesEnvironment, "evil-1.0.data/scripts/python", "bin/python", "the interpreter"))),
        ("a package, because of a wheel that can be accepted", Refused(new Finding(Fault.NotListed, "evil/extra.py"))),
        ("a package, because of several such things",
            new RefusedException(new Refusal(
                [new(Fault.OtherSize, "evil/a.py", "6 bytes", "7"), new(Fault.OtherContent, "evil/b.py", "ab", "cd")])
            {
                Artifact = EvilWheel,
            })),
        ("a package, because of a start-up hook",
            Refused(new Finding(Fault.CodeAtStart, "evil\e[8m.pth", "import os; os.system('\e[8m')"))),
        ("a package whose hook was allowed once",
            new RefusedException(new Refusal([new(Fault.ImportedAtStart, "sitecustomize.py")])
            {
                Artifact = EvilWheel,
                Allowance = WaiverState.Expired,
            })),
        ("a package, because of another one's file",
            new RefusedException(new Refusal([new(Fault.FileOfAnother, "lib/good.py") { Owner = Good }])
            {
                Artifact = EvilWheel,
                Environment = "shared",
            })),
        ("a package, because of another one's module",
            new RefusedException(new Refusal([new(Fault.ModuleOfAnother, "lib/good.py") { Owner = Good }])
            {
                Artifact = EvilWheel,
                Environment = "scratch",
            })),
        ("two packages, because of each other",
            new RefusedException(new Refusal([OfBoth(Fault.FileOfAnother)]) { Artifact = EvilWheel, Environment = "shared" })),
        ("two packages, because of each other's module",
            new RefusedException(new Refusal([OfBoth(Fault.ModuleOfAnother)]) { Artifact = EvilWheel, Environment = "shared" })),
        ("a package, because another one gave way to another wheel of it",
            new RefusedException(new Refusal(
                [new(Fault.FileOfAnother, "lib/good.py") { Owner = Good, Precedence = Precedence.OfAnotherBefore }])
            {
                Artifact = EvilWheel,
                Environment = "shared",
            })),
        ("a package, because of a part of the environment", Refused(new Finding(Fault.PartOfEnvironment, "lib64"))),
        ("a package, because of the standard library",
            new RefusedException(new Refusal([new(Fault.ShadowsLibrary, "random.py", "random")])
            {
                Artifact = EvilWheel,
                Environment = "shared",
            })),
        ("an archive", new ArchiveRefusedException("SP-ZIP-01", "there is no end record", null, 0)),
        ("an index that does not answer", new IndexException("SP-INDEX-01", "no answer", Page)),
        ("an index that lies", new IndexException("SP-INDEX-06", "its SHA-256 is another one", Page) { IsRefusal = true }),
        ("an index without an address", new IndexException("SP-INDEX-10", "the certificates cannot be read", null)),
        ("a requirements file", new RequirementsFileException("requirements.txt, line 3", "`-e` is not supported")),
        ("an interpreter", new InterpreterException("/usr/bin/python3", "it is too old")),
        ("the waivers", new WaiverFileDamagedException("/home/a/waivers.jsonl", 2, "not a waiver")),
        ("a full disk while the store is written",
            new UnwritableException("/home/a/store", new IOException("No space left on device", 28))),
        ("a store that cannot be written", new UnwritableException("/home/a/store", new UnauthorizedAccessException("Access is denied"))),
        ("a damaged store", new StoreDamagedException(Sha256Digest.Of("evil"u8), "its manifest is gone")),
        ("a damaged store, the entry taken out",
            new StoreDamagedException(Sha256Digest.Of("evil"u8), "its manifest is gone") { IsDistrusted = true }),
        ("shims that could not be made",
            new ChangeUnfinishedException("shared", 2, AfterSwitch.Shims, new IOException("Permission denied : '/home/a/bin/x'"))),
        ("a ledger that could not be confirmed",
            new ChangeUnfinishedException("shared", 2, AfterSwitch.Ledger, new IOException("No space left on device", 28))),
        ("a switch that may not be on the disk",
            new ChangeUnfinishedException("shared", 2, AfterSwitch.OnDisk, new IOException("Input/output error"))),
        ("an environment", new EnvironmentException("generation 3 is damaged")),
        ("an environment in a place that is none", new EnvironmentException("its path has a colon") { IsOfPlace = true }),
        ("a lost link", new CurrentLostException("shared", "/home/a/envs/shared/current", 17, 18)),
        ("a lost link of another environment", new CurrentLostException("other", "/home/a/envs/other/current", 1, 1)),
        ("an interpreter that is gone",
            new InterpreterGoneException("shared", "/usr/bin/python3.11", "python3.11", "there is no python3.11 any more",
                ["six>=1", "rich"])),
        ("no sandbox, with a hint", new SandboxUnavailableException(SandboxObstacle.BubblewrapAbsent, "/usr/bin/bwrap")),
        ("no sandbox, without a hint", new SandboxUnavailableException(SandboxObstacle.UnknownArchitecture, "RiscV64")),
        ("exchanged names", new SecondStageException(new(SecondStageFailureKind.Replaced, "/home/a/project"))),
        ("a port", new PortTakenException(new(System.Net.IPAddress.Loopback, 8000, 8000), PortTrouble.InUse)),
        ("a grant", new GrantRefusedException(PathAccess.Write, "/home/a", new GrantRefusal.Sensitive(new(SensitivityKind.Home)))),
        ("a project too large to be copied", new CopyRefusedException(CopyRefusal.TooLarge, "/home/a/project")),
        ("one with too many repositories", new CopyRefusedException(CopyRefusal.TooManyLeftOut, "/home/a/project")),
        ("one too deep", new CopyRefusedException(CopyRefusal.TooDeep, "/home/a/project")),
        ("one that is exchanged", new CopyRefusedException(CopyRefusal.Replaced, "/home/a/project")),
        ("no further thread", new InsufficientMemoryException()),
        ("no further thread for signals", new TypeInitializationException("PosixSignalRegistration",
            new IOException("The process cannot access the file because it is being used by another process.", 11))),
        ("no further thread for tasks", new AggregateException(new TaskSchedulerException(new InsufficientMemoryException()))),
        ("no further thread for the first task", new TaskSchedulerException(new InsufficientMemoryException())),
        ("no further program", new KernelException("posix_spawn(/usr/bin/bwrap)", 11)),
        ("no further program, by the base library", new System.ComponentModel.Win32Exception(11)),
        ("no further file", new IOException("Too many open files : '/usr/bin/python3.11'", 24)),
        ("no further file for signals", new TypeInitializationException("PosixSignalRegistration",
            new IOException("Too many open files", 24))),
        ("no further socket", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.TooManyOpenSockets)),
        ("a sandbox that was ended", new SandboxUnavailableException(SandboxObstacle.Killed, "9")),
        ("a call of the kernel", new KernelException("memfd_create", 38)),
        ("Ctrl-C", new OperationCanceledException()),
        ("a missing right", new UnauthorizedAccessException("Access to the path '/root/x' is denied.")),
        ("a missing right, without a path", new UnauthorizedAccessException("Access to the path is denied.")),
        ("a full disk", new IOException("No space left on device : '/home/a/x'", 28)),
        ("a read-only file system", new IOException("Read-only file system : '/home/a/x'", 30)),
        ("a file", new IOException("Input/output error : '/home/a/x'")),
        ("a file that is gone", new FileNotFoundException("Could not find file '/home/a/x'.", "/home/a/x")),
        ("a directory that is gone", new DirectoryNotFoundException("Could not find a part of the path '/home/a/x'.")),
        ("one that brings its own words", new ExplainedException(new(ExitCode.WrongUsage, "what", "because", "hint"))),
        ("one that nobody foresaw", new InvalidOperationException("a mistake of ours\non two lines")),
    ];

    [Fact]
    public void Every_error_has_its_words()
    {
        var page = new StringBuilder();
        foreach ((string name, Exception error) in Cases)
        {
            var listener = new Listener();
            Explanation explanation = Explanations.Of(error);
            explanation.Write(listener.Terminal);
            page.Append($"# {name}: exit {(int)explanation.Exit}\n{listener.Error}\n");
        }
        Snapshot.Matches("Console/ExplanationsTests.txt", page.ToString());
    }

    [Fact]
    public void No_exception_of_a_room_is_left_without_words()
    {
        var known = Cases.SelectMany(c => new[] { c.Error, c.Error.InnerException }).OfType<Exception>().Select(e => e.GetType())
            .ToHashSet();
        Type[] oneOfEachRoom =
        [
            typeof(ArchiveRefusedException), typeof(IndexException), typeof(RequirementsFileException), typeof(StoreDamagedException),
            typeof(KernelException), typeof(EnvironmentException), typeof(InterpreterException), typeof(WaiverFileDamagedException),
            typeof(ChangeUnfinishedException), typeof(SandboxUnavailableException),
        ];
        var raised = oneOfEachRoom
            .SelectMany(t => t.Assembly.GetExportedTypes())
            .Where(t => t.IsSubclassOf(typeof(Exception)));
        Assert.Empty(raised.Where(t => !known.Contains(t)).Select(t => t.Name));
    }

    [Fact]
    public void Every_fault_has_words_of_its_own()
    {
        var words = Enum.GetValues<Fault>().Where(f => f != Fault.Archive)
            .Select(f => FindingWords.Of(new Finding(f, "a/b.py", "seen", "claimed") { Owner = Good }));
        Assert.DoesNotContain(words, w => w.StartsWith("it is refused", StringComparison.Ordinal));
        Assert.Equal(words.Count(), words.Distinct(StringComparer.Ordinal).Count());
        Assert.All(words, w => Assert.Contains("`a/b.py`", w, StringComparison.Ordinal));
    }

    private static Finding OfBoth(Fault fault) => new(fault, "lib/good.py") { Owner = Good, Precedence = Precedence.OfNeither };

    private static RefusedException Refused(Finding finding, Exception? inner = null) =>
        new(new Refusal([finding]) { Artifact = EvilWheel }, inner);
}
