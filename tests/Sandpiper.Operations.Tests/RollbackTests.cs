using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;
using Sandpiper.Samples;
using Sandpiper.Store;
using Sandpiper.Store.Tests;

namespace Sandpiper.Operations.Tests;

public sealed class RollbackTests : IDisposable
{
    private readonly OperationGround _ground = new OperationGround().Offering([.. Enumerable.Range(1, 5).Select(n => Calling(n))]);

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task Without_a_number_it_goes_to_what_was_current_before_and_on_from_there()
    {
        foreach (int version in (int[])[1, 2, 3]) await _ground.InstallAsync($"hoot=={version}");
        _ground.Rollback(1);
        await _ground.InstallAsync("hoot==4");

        Assert.Equal([1, 3, 2, 1],
            Enumerable.Range(0, 4).Select(_ => Assert.IsType<RollbackOutcome.Switched>(_ground.Rollback()).Change.Generation!.Value));
        Assert.False(Assert.IsType<RollbackOutcome.NoSuchGeneration>(_ground.Rollback()).WasThere);    // it is the first
        Assert.Equal(1, _ground.Environment().Current);
    }

    [Fact]
    public async Task It_never_goes_by_itself_to_what_was_never_current()
    {
        await _ground.InstallAsync("hoot==1");
        await _ground.InstallAsync("hoot==2");
        LeaveAsAKillWould(3);
        await _ground.InstallAsync("hoot==4");
        Assert.Equal(4, _ground.Environment().Current);

        Assert.Equal(2, Assert.IsType<RollbackOutcome.Switched>(_ground.Rollback()).Change.Generation);
        Assert.Equal(3, Assert.IsType<RollbackOutcome.Switched>(_ground.Rollback(3)).Change.Generation);
    }

    [Fact]
    public async Task What_a_kill_left_open_is_sealed_by_the_next_command_and_what_somebody_opened_is_not()
    {
        await _ground.InstallAsync("hoot==1");
        await _ground.InstallAsync("hoot==2");
        LeaveAsAKillWould(3);
        string[] directories = [.. Enumerable.Range(1, 3).Select(_ground.Environment().DirectoryOf)];
        foreach (string directory in directories) File.SetUnixFileMode(directory, SealedTree.OpenDirectoryMode);

        _ground.Rollback(2);

        Assert.Equal([SealedTree.OpenDirectoryMode, SealedTree.OpenDirectoryMode, SealedTree.DirectoryMode],
            directories.Select(File.GetUnixFileMode));
        Assert.Equal(SealedTree.SealTime, Directory.GetLastWriteTimeUtc(directories[2]));
    }

    [Fact]
    public async Task The_commands_are_those_of_the_generation_that_it_goes_to()
    {
        await _ground.InstallAsync("hoot==1");
        await _ground.InstallAsync("hoot==2");
        Assert.Equal(["hoot-2"], _ground.Shims);

        _ground.Rollback();

        Assert.Equal(["hoot-1"], _ground.Shims);
    }

    [Fact]
    public async Task The_ledger_says_who_went_back_and_that_it_happened()
    {
        await _ground.InstallAsync("hoot==1");
        await _ground.InstallAsync("hoot==2");
        _ground.Rollback();

        LedgerLine line = _ground.Ledger()[^1];
        Assert.Equal(("rollback", "ada", 2, 1, true), (line.Command, line.Who, line.From, line.To, line.Confirmed));
        Assert.Equal(("hoot", "2", "1"), (line.Changes[0].Name, line.Changes[0].Before, line.Changes[0].After));
    }

    [Fact]
    public async Task Going_to_a_generation_with_the_same_packages_is_a_switch_and_staying_is_none()
    {
        await _ground.InstallAsync("hoot==1");
        Assert.IsType<RollbackOutcome.Switched>(_ground.Rollback(1));
        LeaveAsAKillWould(2);

        foreach ((int to, bool isSwitched) in (ReadOnlySpan<(int, bool)>)[(2, true), (2, false), (1, true)])
        {
            EnvironmentChange change = Assert.IsType<RollbackOutcome.Switched>(_ground.Rollback(to)).Change;
            Assert.Equal((isSwitched, true), (change.IsSwitched, change.Changes.IsEmpty));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_ledger_is_lost_it_says_that_it_does_not_know_and_knows_again_after_a_repair(bool isEmptied)
    {
        foreach (int version in (int[])[1, 2]) await _ground.InstallAsync($"hoot=={version}");
        string ledger = _ground.Environment().LedgerFile;
        if (isEmptied) File.WriteAllText(ledger, "");
        else File.Delete(ledger);

        Assert.Equal([1, 2], Assert.IsType<RollbackOutcome.NotKnown>(_ground.Rollback()).Available);
        Assert.Equal(2, _ground.Environment().Current);

        Assert.IsType<RepairOutcome.Repaired>(await _ground.RepairAsync());
        Assert.Equal(2, Assert.IsType<RollbackOutcome.Switched>(_ground.Rollback()).Change.Generation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_stands_on_something_that_was_taken_back_or_has_ended_is_not_gone_back_to(bool isWithdrawn)
    {
        SampleWheel hook = HostilePackages.WheelWithPthHook("/nowhere");
        _ground.Offering(hook, Calling(1));
        var waivers = new WaiverFile(_ground.Root.Path);
        var waiver = new Waiver(
            PackageName.Parse("pth-hook"), Pep440Version.Parse("1.0"), "SP-WHEEL-21", "read it", "ada", OperationGround.Now)
        {
            Digest = Sha256Digest.Of(hook.Build()),
            Expires = isWithdrawn ? null : OperationGround.Now.AddDays(1),
        };
        waivers.Add(waiver);
        await _ground.InstallAsync("pth-hook", "hoot");
        _ground.Remove("pth-hook");
        if (isWithdrawn) waivers.Withdraw(1, "ada", OperationGround.Now);
        var later = new Rollback(_ground.Context with { Time = new StillTime(OperationGround.Now.AddDays(2)) });

        var refused = Assert.IsType<RollbackOutcome.Refused>(Go());
        Assert.Equal((1, "SP-WHEEL-21", isWithdrawn ? WaiverState.Withdrawn : WaiverState.Expired, Fault.CodeAtStart),
            (refused.Number, refused.Refusal.Rule, refused.Refusal.Allowance, refused.Refusal.First.Fault));
        Assert.Equal(2, _ground.Environment().Current);
        Assert.Equal(2, _ground.Ledger().Length);
        // So that it can be allowed by its name, whatever the cache has lost since.
        Assert.NotEmpty(new RefusedBefore(_ground.Context.Places.Cache).Find(waiver.Name, waiver.Version, waiver.Rule));

        waivers.Add(waiver with { Expires = null });
        Assert.Equal(1, Assert.IsType<RollbackOutcome.Switched>(Go()).Change.Generation);

        RollbackOutcome Go() => later.Switch(new RollbackRequest("shared", null), new Unheard(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Of_an_environment_that_never_was_nothing_is_left()
    {
        Assert.IsType<RollbackOutcome.NoSuchGeneration>(_ground.Rollback(3));
        Assert.False(Directory.Exists(_ground.Environment().Directory));
    }

    // Announced and renamed into place, and then no more.
    private void LeaveAsAKillWould(int number)
    {
        ManagedEnvironment environment = _ground.Environment();
        new EnvironmentLedger(environment).Announce(_ground.Ledger()[^1] with { From = environment.Current, To = number });
        string from = environment.DirectoryOf(environment.Current!.Value), to = environment.DirectoryOf(number);
        Directory.CreateDirectory(to);
        File.WriteAllText(Path.Combine(to, "generation.json"),
            File.ReadAllText(Path.Combine(from, "generation.json"))
                .Replace($"\"number\": {environment.Current}", $"\"number\": {number}", StringComparison.Ordinal));
    }

    private static SampleWheel Calling(int version) =>
        new SampleWheel("hoot", $"{version}").WithFile("hoot.py", "def main(): pass\n").WithConsoleScript($"hoot-{version}", "hoot:main");
}
