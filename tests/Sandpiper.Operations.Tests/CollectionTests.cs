using Microsoft.Win32.SafeHandles;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Operations.Collecting;
using Sandpiper.Packaging.Names;
using Sandpiper.Samples;
using Sandpiper.Store;
using Sandpiper.Store.Tests;

namespace Sandpiper.Operations.Tests;

/// <summary>What nobody needs goes; everything that somebody could need stays.</summary>
public sealed class CollectionTests : IDisposable
{
    private readonly OperationGround _ground = new OperationGround().Offering([.. Enumerable.Range(1, 6).Select(Hoot)]);

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task Generations_out_of_reach_go_and_wheels_that_only_they_needed()
    {
        await InstallAsync(1, 2, 3, 4);

        CollectionOutcome outcome = Collect(keep: 1);

        Assert.Equal([new("shared", 1), new("shared", 2)], outcome.Generations);
        Assert.Equal(2, outcome.Wheels);
        Assert.True(outcome.Bytes > 0);
        Assert.Equal([3, 4], _ground.Environment().Numbers);
        Assert.Equal(2, _ground.Context.Store.Digests.Count());
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_ground.Root.Path, "stamps"))
            .DistinctBy(p => Path.GetFileName(p).Split('.')[0]).Count());
        Assert.Equal(3, Assert.IsType<RollbackOutcome.Switched>(_ground.Rollback()).Change.Generation);
    }

    [Fact]
    public async Task What_would_go_is_what_goes_and_a_dry_run_removes_nothing()
    {
        await InstallAsync(1, 2, 3);
        string[] before = _ground.Visible();

        CollectionOutcome would = Collect(keep: 0, isDryRun: true);
        Assert.Equal(before.Where(p => !p.Contains("/leases", StringComparison.Ordinal)),
            _ground.Visible().Where(p => !p.Contains("/leases", StringComparison.Ordinal)));

        CollectionOutcome did = Collect(keep: 0);
        Assert.Equal(would.Generations, did.Generations);
        Assert.Equal((2, would.Wheels, would.Bytes), (would.Wheels, did.Wheels, did.Bytes));
        CollectionOutcome again = Collect(keep: 0);
        Assert.Equal((0, 0, 0L), (again.Generations.Length, again.Wheels, again.Bytes));
    }

    [Fact]
    public async Task What_rollback_would_go_to_stays_by_undoing_and_by_time()
    {
        await InstallAsync(1, 2, 3, 4, 5);
        _ground.Rollback(2);
        await _ground.InstallAsync("hoot==6");
        _ground.Rollback();

        Collect(keep: 2);

        // 2 is current; undone was the sixth, and before it, by time, comes the fifth; back goes to the fifth.
        Assert.Equal([2, 5, 6], _ground.Environment().Numbers);
        Assert.Equal(5, Assert.IsType<RollbackOutcome.Switched>(_ground.Rollback()).Change.Generation);
    }

    [Fact]
    public async Task A_wheel_that_another_environment_needs_stays()
    {
        await InstallAsync(1, 2);
        await _ground.InstallAsync(OperationGround.Request("hoot==1") with { Environment = "other" });

        CollectionOutcome outcome = Collect(keep: 0);
        Assert.Equal([new("shared", 1)], outcome.Generations);
        Assert.Equal(0, outcome.Wheels);
        Assert.Equal(2, _ground.Context.Store.Digests.Count());
        Assert.IsType<EnvironmentRemovalOutcome.Removed>(RemoveEnvironment("shared"));
        Assert.Equal(["hoot-1"], _ground.Context.Store.Digests.Select(d => $"hoot-{_ground.Context.Store.Find(d)!.FileName.Version}"));
        Assert.Equal("hoot", Assert.Single(_ground.Environment("other").Read(1).Packages).Name.ToString());
        // It stays where it was brought, and with the last of it that directory goes.
        string store = Path.Combine(_ground.Root.Path, "store");
        Assert.Equal(Path.Combine(store, "by-shared"), Path.GetDirectoryName(
            _ground.Context.Store.EntryOf(_ground.Context.Store.Digests.Single())));
        Assert.IsType<EnvironmentRemovalOutcome.Removed>(RemoveEnvironment("other"));
        Assert.Empty(Directory.GetFileSystemEntries(store));
    }

    [Fact]
    public async Task An_entry_that_nobody_finds_goes_unless_an_environment_needs_it()
    {
        await InstallAsync(1, 2);
        WheelStore store = _ground.Context.Store;
        Sha256Digest[] all = [.. store.Digests];
        string[] entries = [.. all.Select(store.EntryOf)];
        foreach (Sha256Digest digest in all) File.Delete(Path.Combine(store.Entries, digest.Hex));
        Sha256Digest needed = _ground.Environment().Read(2).Packages.Single().Digest;

        Assert.True(Collect(keep: 0, isDryRun: true).Bytes > 0);
        CollectionOutcome outcome = Collect(keep: 0);
        Assert.Equal(0, outcome.Wheels);
        Assert.All(entries, entry => Assert.Equal(entry.EndsWith(needed.Hex, StringComparison.Ordinal), Directory.Exists(entry)));
    }

    [Fact]
    public async Task What_a_program_runs_on_stays_with_its_wheels_until_it_ends()
    {
        await InstallAsync(1, 2);
        using (GenerationLease.Share(_ground.Environment(), 1))
        {
            CollectionOutcome outcome = Collect(keep: 0);
            Assert.Equal([new("shared", 1)], outcome.InUse);
            Assert.Equal((0, 0), (outcome.Generations.Length, outcome.Wheels));
            Assert.Equal([1], Assert.IsType<EnvironmentRemovalOutcome.InUse>(RemoveEnvironment("shared")).Generations);
            Assert.Equal([new("shared", 1)], Assert.IsType<PurgeOutcome.InUse>(Purge()).Generations);
            Assert.Equal([1, 2], _ground.Environment().Numbers);
        }
        Assert.Equal([new("shared", 1)], Collect(keep: 0).Generations);
    }

    [Fact]
    public async Task A_lease_of_what_is_gone_is_none()
    {
        await InstallAsync(1, 2);
        Collect(keep: 0);
        Assert.Null(GenerationLease.Share(_ground.Environment(), 1));
        using GenerationLease? current = GenerationLease.Share(_ground.Environment(), 2);
        Assert.NotNull(current);
        Assert.Null(GenerationLease.TryTake(_ground.Environment(), 2));
    }

    [Fact]
    public async Task While_a_command_prepares_something_nothing_is_collected()
    {
        await InstallAsync(1);
        using var giveUp = new CancellationTokenSource();
        var heard = new Heard(giveUp);
        using (Operation.Begin(_ground.Context, "other", new Unheard(), TestContext.Current.CancellationToken))
        {
            Assert.Throws<OperationCanceledException>(
                () => new Collection(_ground.Context).Collect(new CollectionRequest(0, IsDryRun: false), heard, giveUp.Token));
        }
        Assert.IsType<InstallationFact.WaitingForAll>(Assert.Single(heard.Facts));
    }

    [Fact]
    public async Task While_somebody_collects_no_command_begins()
    {
        await InstallAsync(1);
        using var giveUp = new CancellationTokenSource();
        var heard = new Heard(giveUp);
        using (StoreUse.Alone(_ground.Root.Path, () => { }, TestContext.Current.CancellationToken))
            Assert.Throws<OperationCanceledException>(() => Operation.Begin(_ground.Context, "shared", heard, giveUp.Token));
        Assert.IsType<InstallationFact.WaitingForCollection>(Assert.Single(heard.Facts));
    }

    [Theory]
    [InlineData("ledger")]
    [InlineData("description")]
    [InlineData("link")]
    public async Task Where_what_is_needed_cannot_be_told_it_stays(string damaged)
    {
        await InstallAsync(1, 2, 3);
        ManagedEnvironment environment = _ground.Environment();
        switch (damaged)
        {
            case "ledger":
                File.WriteAllText(environment.LedgerFile, "");
                break;
            case "link":
                File.Delete(environment.CurrentLink);
                break;
            default:
                string description = Path.Combine(environment.DirectoryOf(3), "generation.json");
                File.SetUnixFileMode(description, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                File.WriteAllText(description, "{}");
                break;
        }

        CollectionOutcome outcome = Collect(keep: 0);

        Assert.Equal(0, outcome.Wheels);
        Assert.Equal(3, _ground.Context.Store.Digests.Count());
        Assert.Equal(damaged is "description" ? WhyKept.GenerationDamaged : WhyKept.HistoryLost, Assert.Single(outcome.Kept).Why);
        Assert.Equal(damaged is "description" ? 2 : 0, outcome.Generations.Length);
    }

    [Fact]
    public async Task What_a_kill_leaves_of_a_removal_goes_after_the_next_command_and_nobody_waits_for_it()
    {
        await InstallAsync(1, 2);
        ManagedEnvironment environment = _ground.Environment();
        Directory.Move(environment.DirectoryOf(1), environment.DirectoryOf(1) + ".gone");
        Assert.Equal([2], environment.Numbers);

        EnvironmentChange nothing = Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync("hoot==2")).Change;
        Assert.False(nothing.IsNew);
        Assert.True(nothing.LeavesGenerations);
        EnvironmentChange change = Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync("hoot==3")).Change;
        Assert.True(change.LeavesGenerations);
        Assert.Single(environment.Gone);

        // Whoever changes the environment meanwhile is not waited for either, nor does he wait.
        using (environment.Lock(() => { }, TestContext.Current.CancellationToken))
            new LateRemoval(_ground.Context).In("shared", TestContext.Current.CancellationToken);
        Assert.Equal(["2", "3"], Directory.GetDirectories(environment.Generations).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_one_process_removes_another_leaves_to_it()
    {
        await InstallAsync(1, 2);
        ManagedEnvironment environment = _ground.Environment();
        string gone = environment.DirectoryOf(1) + ".gone";
        Directory.Move(environment.DirectoryOf(1), gone);
        using (SafeFileHandle opened = RawFile.TryOpen(gone, RawFile.ReadOnly | RawFile.OnlyDirectories)!)
        {
            Assert.True(FileLock.TryTake(opened, gone));
            new LateRemoval(_ground.Context).In("shared", TestContext.Current.CancellationToken);
            Assert.Equal([gone], environment.Gone);
        }
        new LateRemoval(_ground.Context).In("shared", TestContext.Current.CancellationToken);
        Assert.Empty(environment.Gone);
    }

    [Fact]
    public async Task What_a_change_has_set_aside_goes_when_it_has_ended_or_with_the_next_collection()
    {
        await InstallAsync([.. Enumerable.Range(0, ManagedEnvironment.MostGenerations).Select(n => n % 2 + 1)]);
        ManagedEnvironment environment = _ground.Environment();
        Assert.Equal(ManagedEnvironment.MostGenerations, environment.Numbers.Length);
        Assert.Empty(environment.Gone);
        EnvironmentChange change = Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync("hoot==3")).Change;
        Assert.True(change.LeavesGenerations);
        // Nobody could go back there any more, and a program that is started takes none of them.
        Assert.Equal(Enumerable.Range(11, 11), environment.Numbers);
        Assert.Equal(10, environment.Gone.Length);
        Assert.Null(GenerationLease.Share(environment, 1));

        string kept = environment.Gone[0] + ".kept";
        Directory.Move(environment.Gone[0], kept);
        new LateRemoval(_ground.Context).In("shared", TestContext.Current.CancellationToken);
        Assert.Empty(environment.Gone);
        Assert.Equal(Enumerable.Range(11, 11), environment.Numbers);

        Directory.Move(kept, environment.DirectoryOf(1) + ".gone");
        Collect(keep: 10);
        Assert.Empty(environment.Gone);
        Assert.Equal(Enumerable.Range(11, 11), environment.Numbers);
    }

    [Fact]
    public async Task A_removed_environment_leaves_neither_commands_nor_files()
    {
        await InstallAsync(1);
        Assert.Equal(["hoot"], _ground.Shims);
        File.WriteAllText(Path.Combine(_ground.Context.Places.Shims, "mine"), "#!/bin/sh\n");

        Assert.IsType<EnvironmentRemovalOutcome.Removed>(RemoveEnvironment("shared"));

        Assert.Equal(["mine"], _ground.Shims);
        Assert.False(Directory.Exists(_ground.Environment().Directory));
        Assert.Empty(_ground.Context.Store.Digests);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_ground.Root.Path, "staging")));
        Assert.IsType<EnvironmentRemovalOutcome.NoSuchEnvironment>(RemoveEnvironment("shared"));
    }

    [Fact]
    public async Task Purge_leaves_what_is_not_ours_and_says_so()
    {
        await InstallAsync(1);
        string[] others = [.. new[] { "bin/mine", "store/notes", "envs/-/x", "letter" }.Select(p => Path.Combine(_ground.Root.Path, p))];
        foreach (string other in others)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(other)!);
            File.WriteAllText(other, "");
        }

        var removed = Assert.IsType<PurgeOutcome.Removed>(Purge());

        Assert.Equal(others.Order(StringComparer.Ordinal),
            Directory.GetFiles(_ground.Root.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        Assert.All(others, other => Assert.Contains(removed.Left, left => other.StartsWith(left, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Purge_leaves_nothing_else()
    {
        await InstallAsync(1, 2);
        Assert.Empty(Assert.IsType<PurgeOutcome.Removed>(Purge()).Left);
        Assert.False(Directory.Exists(_ground.Root.Path));
        Directory.CreateDirectory(_ground.Root.Path);
    }

    [Fact]
    public void What_has_two_names_is_freed_only_with_both()
    {
        string one = Path.Combine(_ground.Root.Path, "one"), two = Path.Combine(_ground.Root.Path, "two");
        Directory.CreateDirectory(one);
        Directory.CreateDirectory(two);
        File.WriteAllText(Path.Combine(one, "a"), "12345");
        using (var link = System.Diagnostics.Process.Start("/bin/ln", [Path.Combine(one, "a"), Path.Combine(two, "b")])) link.WaitForExit();
        File.CreateSymbolicLink(Path.Combine(one, "link"), "/usr");
        var space = new FreedSpace();
        space.Add(one);
        Assert.Equal(0, space.Bytes);
        space.Add(two);
        space.Add(Path.Combine(two, "absent"));
        Assert.Equal(5, space.Bytes);
    }

    private static SampleWheel Hoot(int version) =>
        new SampleWheel("hoot", $"{version}").WithFile("hoot.py", $"VERSION = {version}\ndef main(): pass\n")
            .WithConsoleScript("hoot", "hoot:main");

    private async Task InstallAsync(params int[] versions)
    {
        foreach (int version in versions) await _ground.InstallAsync($"hoot=={version}");
    }

    private CollectionOutcome Collect(int keep, bool isDryRun = false) =>
        new Collection(_ground.Context).Collect(
            new CollectionRequest(keep, isDryRun), new Unheard(), TestContext.Current.CancellationToken);

    private EnvironmentRemovalOutcome RemoveEnvironment(string name) =>
        new EnvironmentRemoval(_ground.Context).Remove(name, new Unheard(), TestContext.Current.CancellationToken);

    private PurgeOutcome Purge() => new Purge(_ground.Context).Remove(new Unheard(), TestContext.Current.CancellationToken);

    private sealed class Heard(CancellationTokenSource giveUp) : IProgress<InstallationFact>
    {
        public List<InstallationFact> Facts { get; } = [];

        public void Report(InstallationFact value)
        {
            Facts.Add(value);
            giveUp.Cancel();
        }
    }
}
