using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Leftovers;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Tests.Leftovers;

public sealed class BegunRunsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    private string Project => Path.Join(_root, "project");

    private BegunRuns Runs => new(Path.Join(_root, "data"));

    private string Records => Path.Join(_root, "data/begun");

    private Confinement Confinement => new()
    {
        Home = "/home/ada", WorkingDirectory = Project, Shown = [ShownPath.Needed(Project, PathAccess.Write)],
    };

    public BegunRunsTests() => Directory.CreateDirectory(Project);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Write(string path, string content = "x")
    {
        string full = Path.Join(Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    private static string[] Left(WritableWatch watch) =>
        [.. watch.End().Select(l => (l.IsKeptAside ? "+" : l.IsNew ? "!" : "~") + WatchedTree.Shown(l.Path))];

    // As one that is dead: its lock is gone, and its record is there.
    private void Killed(WritableWatch watch)
    {
        using BegunRun begun = Runs.Put(watch, "evil", DateTimeOffset.UnixEpoch);
        begun.Begins(0);
    }

    [Fact]
    public void What_the_record_finds_is_what_its_run_would_have_found()
    {
        foreach (string there in (string[])["Makefile", "a/.vscode/settings.json", "conftest.py", "na\u00efve/.envrc", ".git/hooks/mine",
            "lib/__pycache__/m.cpython-311.pyc"]) Write(there);
        File.CreateSymbolicLink(Path.Join(Project, "out"), "/root/elsewhere");
        File.CreateSymbolicLink(Path.Join(Project, "CLAUDE.md"), "conftest.py");
        using WritableWatch watch = WritableWatch.Begin(Confinement);
        Killed(watch);
        Write("a/.vscode/tasks.json");
        Write("Makefile", "y");
        Write(".git/hooks/theirs");
        Write("deep/er/x.pth");
        File.CreateSymbolicLink(Path.Join(Project, "further"), "/root/elsewhere");
        File.Delete(Path.Join(Project, "out"));
        File.CreateSymbolicLink(Path.Join(Project, "out"), "/root/other");

        using KilledRun killed = Assert.Single(Runs.Killed());
        using WritableWatch again = killed.TryWatch(null)!;

        Assert.NotEmpty(Left(watch));
        Assert.Equal(watch.End(), again.End());
        Assert.Equal(("evil", DateTimeOffset.UnixEpoch, Project), (killed.Command, killed.Begun, killed.Root));
        killed.Forget();
        Assert.Empty(Runs.Killed());
    }

    [Fact]
    public void One_that_lives_is_not_found_and_one_that_never_began_is_not_there()
    {
        using WritableWatch watch = WritableWatch.Begin(Confinement);
        using (BegunRun begun = Runs.Put(watch, "x", DateTimeOffset.UnixEpoch))
        {
            Assert.True(Runs.AreThere);
            Assert.Empty(Runs.Killed());
        }
        Assert.False(Runs.AreThere);
        using (BegunRun begun = Runs.Put(watch, "x", DateTimeOffset.UnixEpoch))
        {
            begun.Begins(0);
            begun.IsSettled();
        }
        Assert.False(Runs.AreThere);
    }

    [Fact]
    public void It_is_waited_for_until_all_in_the_sandbox_have_ended()
    {
        using WritableWatch watch = WritableWatch.Begin(Confinement);
        using (BegunRun begun = Runs.Put(watch, "x", DateTimeOffset.UnixEpoch))
        {
            // The first process of that sandbox would be whoever started us, which lives.
            begun.Begins(Environment.ProcessId);
        }
        using (KilledRun living = Assert.Single(Runs.Killed(TimeSpan.Zero)))
        {
            Assert.Null(living.TryWatch(null));
            Assert.Equal(WhyUnlooked.Living, living.Why);
        }
        byte[] content = File.ReadAllBytes(Assert.Single(Directory.GetFiles(Records)));
        Assert.NotNull(RunRecord.TryRead(content, out int process, out ulong begunAt));
        Assert.Equal((OtherProcess.StateOf(Environment.ProcessId)!.Value.Parent, OtherProcess.BeginOf(process)), (process, begunAt));
        // That number is another one's by now.
        RunRecord.Write(content.AsSpan(RunRecord.PlaceOfProcess), process, begunAt - 1);
        File.WriteAllBytes(Assert.Single(Directory.GetFiles(Records)), content);
        using KilledRun killed = Assert.Single(Runs.Killed());
        using WritableWatch? again = killed.TryWatch(null);
        Assert.NotNull(again);
        killed.Forget();
    }

    [Fact]
    public void What_was_made_after_the_end_is_told_and_what_was_only_touched_is_not_later()
    {
        using WritableWatch watch = WritableWatch.Begin(Confinement);
        string theirs = Write(".envrc");
        RunRecord record = RunRecord.TryRead(RunRecord.Of(watch.Roots[0], "x", DateTimeOffset.UnixEpoch, null).ToBytes()!, out _, out _)!;
        if (Born(theirs) is not { } ended) return; // a file system that does not know
        while (Born(Write("later/.exrc")) == ended) File.Delete(Path.Join(Project, "later/.exrc"));
        File.SetUnixFileMode(theirs, UnixFileMode.UserRead);
        SafeFileHandle directory = RawFile.Open(Project, RawFile.ReadOnly, out _);
        using var again = WritableWatch.Of(record.Watching(directory, Project, ended.ToDateTime()));
        Assert.Equal(["+.envrc", "!later/.exrc"], Left(again));
        Assert.Equal([false, true], again.End().Select(l => l.IsLater));

        static UnixTime? Born(string path)
        {
            using SafeFileHandle file = RawFile.Open(path, RawFile.AsPlace, out _);
            return FileFacts.BornAt(file);
        }
    }

    [Fact]
    public void After_a_start_of_the_machine_the_same_directory_is_known_by_when_it_was_made()
    {
        using WritableWatch watch = WritableWatch.Begin(Confinement);
        RunRecord record = RunRecord.Of(watch.Roots[0], "x", DateTimeOffset.UnixEpoch, null);
        SafeFileHandle directory = watch.Roots[0].Directory;
        Assert.True(record.IsOf(directory, isWhereItWas: false));
        RunRecord elsewhere = record with { Identity = record.Identity with { DeviceMinor = record.Identity.DeviceMinor + 1 } };
        Assert.False(elsewhere.IsOf(directory, isWhereItWas: true));
        if (record.Born is null) return;
        RunRecord before = elsewhere with { Start = "another" };
        Assert.True(before.IsOf(directory, isWhereItWas: false));
        Assert.False((before with { Born = new(1, 1) }).IsOf(directory, isWhereItWas: true));
        Assert.False((record with { Born = new(1, 1) }).IsOf(directory, isWhereItWas: true));
        Watched mine = new(AutorunName.Link, before.Identity with { Inode = 7 }, default);
        Assert.Equal(record.Identity with { Inode = 7 }, (before with { Before = new() { ["x"] = mine } })
            .Watching(directory, Project, null).Before["x"].Identity);
    }

    [Fact]
    public void When_it_ended_is_known_of_this_machine_alone()
    {
        using WritableWatch watch = WritableWatch.Begin(Confinement);
        RunRecord record = RunRecord.Of(watch.Roots[0], "x", DateTimeOffset.UnixEpoch, null);
        Assert.Null(record.EndedAt);
        RunRecord before = record with { Start = "another", Machine = "other" };
        Assert.Null(before.EndedAt);
        if (MachineStart.Machine.Length == 0) return;
        before = before with { Machine = MachineStart.Machine };
        Assert.Equal(MachineStart.At, before.EndedAt);
        Assert.Null((before with { Begun = DateTimeOffset.MaxValue }).EndedAt);
    }

    [Fact]
    public void Whatever_is_in_a_record_it_is_read_or_it_is_none()
    {
        Write("a/.envrc");
        using WritableWatch watch = WritableWatch.Begin(Confinement);
        byte[] content = RunRecord.Of(watch.Roots[0], "x", DateTimeOffset.UnixEpoch, null).ToBytes()!;
        Assert.NotNull(RunRecord.TryRead(content, out _, out _));
        for (int length = 0; length < content.Length; length++) Assert.Null(RunRecord.TryRead(content[..length], out _, out _));
        for (int at = 0; at < content.Length; at++)
        {
            byte[] damaged = [.. content];
            damaged[at] ^= 0x41;
            // Where its process is written down is not part of what is checked: that is written later.
            if (at is < RunRecord.PlaceOfProcess or >= RunRecord.PlaceOfProcess + RunRecord.BytesOfProcess)
                Assert.Null(RunRecord.TryRead(damaged, out _, out _));
        }
    }
}
