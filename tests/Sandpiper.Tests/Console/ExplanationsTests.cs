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
using Sandpiper.Policies.Waivers;
using Sandpiper.Sandbox;
using Sandpiper.Store;
using Sandpiper.Tests.Snapshots;
using Sandpiper.Wheels;

namespace Sandpiper.Tests.Console;

public sealed class ExplanationsTests
{
    private static readonly PackageName Evil = PackageName.Parse("evil");
    private static readonly Uri Page = new("https://index.example/simple/evil/");

    private static readonly (string Case, Exception Error)[] Cases =
    [
        ("a package, because of its archive", Refused("SP-ZIP-07", new ArchiveRefusedException("SP-ZIP-07", "the two headers give different checksums", "evil/\e[2J.py", 31))),
        ("a package, because of its wheel", Refused("SP-WHEEL-11", new WheelRefusedException("SP-WHEEL-11", "it would replace the interpreter", "evil-1.0.data/scripts/python", "bin/python"))),
        ("a package, because of a wheel that can be accepted", Refused("SP-WHEEL-06", new WheelRefusedException("SP-WHEEL-06", "RECORD does not list a file", "evil/extra.py", null), mayBeAllowed: true)),
        ("a package, because of a start-up hook", Refused("SP-WHEEL-21", null, "import os; os.system('\e[8m')", mayBeAllowed: true, isHook: true)),
        ("a package, because of another one's file", Refused("SP-ENV-01", null, null, mayBeAllowed: true)),
        ("an archive", new ArchiveRefusedException("SP-ZIP-01", "there is no end record", null, 0)),
        ("an index that does not answer", new IndexException("SP-INDEX-01", "no answer", Page)),
        ("an index that lies", new IndexException("SP-INDEX-06", "its SHA-256 is another one", Page) { IsRefusal = true }),
        ("an index without an address", new IndexException("SP-INDEX-10", "the certificates cannot be read", null)),
        ("a requirements file", new RequirementsFileException("requirements.txt, line 3", "`-e` is not supported")),
        ("an interpreter", new InterpreterException("/usr/bin/python3", "it is too old")),
        ("the waivers", new WaiverFileDamagedException("/home/a/waivers.jsonl", 2, "not a waiver")),
        ("a full disk while the store is written", new UnwritableException("/home/a/store", new IOException("No space left on device", 28))),
        ("a store that cannot be written", new UnwritableException("/home/a/store", new UnauthorizedAccessException("Access is denied"))),
        ("a damaged store", new StoreDamagedException(Sha256Digest.Of("evil"u8), "its manifest is gone")),
        ("a damaged store, the entry taken out", new StoreDamagedException(Sha256Digest.Of("evil"u8), "its manifest is gone") { WasDiscarded = true }),
        ("shims that could not be made", new ChangeUnfinishedException("shared", 2, AfterSwitch.Shims, new IOException("Permission denied : '/home/a/bin/x'"))),
        ("a ledger that could not be confirmed", new ChangeUnfinishedException("shared", 2, AfterSwitch.Ledger, new IOException("No space left on device", 28))),
        ("a switch that may not be on the disk", new ChangeUnfinishedException("shared", 2, AfterSwitch.OnDisk, new IOException("Input/output error"))),
        ("an environment", new EnvironmentException("generation 3 is damaged")),
        ("a lost link", new CurrentLostException("shared", "/home/a/envs/shared/current", 17, 18)),
        ("a lost link of another environment", new CurrentLostException("other", "/home/a/envs/other/current", 1, 1)),
        ("an interpreter that is gone", new InterpreterGoneException("shared", "/usr/bin/python3.11", "python3.11", "there is no python3.11 any more", ["six>=1", "rich"])),
        ("no sandbox, with a hint", new SandboxUnavailableException("bubblewrap is not installed", "apt install bubblewrap")),
        ("no sandbox, without a hint", new SandboxUnavailableException("the kernel has no user namespaces", null)),
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

    // The one left over becomes a PackageRefusedException before it reaches the command line.
    [Fact]
    public void No_exception_of_a_room_is_left_without_words()
    {
        var known = Cases.SelectMany(c => new[] { c.Error, c.Error.InnerException }).OfType<Exception>().Select(e => e.GetType()).ToHashSet();
        Type[] oneOfEachRoom =
        [
            typeof(ArchiveRefusedException), typeof(IndexException), typeof(RequirementsFileException), typeof(StoreDamagedException),
            typeof(KernelException), typeof(EnvironmentException), typeof(InterpreterException), typeof(WaiverFileDamagedException),
            typeof(PackageRefusedException), typeof(WheelRefusedException), typeof(SandboxUnavailableException),
        ];
        var raised = oneOfEachRoom
            .SelectMany(t => t.Assembly.GetExportedTypes())
            .Where(t => t.IsSubclassOf(typeof(Exception)));
        Assert.Equal(["CompositionRefusedException"], raised.Where(t => !known.Contains(t)).Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    private static PackageRefusedException Refused(string rule, Exception? inner, string? evidence = null, bool mayBeAllowed = false, bool isHook = false) =>
        new(Evil, Pep440Version.Parse("1.0"), rule, "it does what it must not", evidence, inner) { MayBeAllowed = mayBeAllowed, IsHook = isHook };
}
