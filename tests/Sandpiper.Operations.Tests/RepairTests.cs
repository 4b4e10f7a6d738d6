using Sandpiper.Environments.Ledger;
using Sandpiper.Indexes;
using Sandpiper.Samples;

namespace Sandpiper.Operations.Tests;

public sealed class RepairTests : IDisposable
{
    private readonly OperationGround _ground = new OperationGround().Offering(OrdinaryPackages.Pebble());

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task What_is_as_installed_is_left_alone_and_what_is_not_is_made_again_on_record()
    {
        await _ground.InstallAsync("pebble");
        Assert.IsType<RepairOutcome.AsInstalled>(await _ground.RepairAsync());
        Assert.Single(_ground.Ledger());
        string file = Path.Combine(_ground.Environment().Read(1).SitePackages, "pebble/__init__.py"), asSealed = File.ReadAllText(file);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(file, "# by hand\n");

        Assert.IsType<RepairOutcome.Repaired>(await _ground.RepairAsync());

        Assert.Equal(asSealed, File.ReadAllText(Path.Combine(_ground.Environment().Read(2).SitePackages, "pebble/__init__.py")));
        LedgerLine line = _ground.Ledger()[^1];
        Assert.Equal(("repair", "ada", 1, 2, true), (line.Command, line.Who, line.From, line.To, line.Confirmed));
    }

    // The path of such a file in the store has the word twice: a deviation that is asked for its path names another package, or none.
    [Fact]
    public async Task A_wheel_with_a_directory_called_store_is_fetched_again_like_any_other()
    {
        _ground.Offering(new SampleWheel("harbour", "1.0").WithFile("harbour/store/__init__.py", "VALUE = 1\n"), OrdinaryPackages.Pebble());
        await _ground.InstallAsync("harbour", "pebble");
        const string Edited = "harbour/store/__init__.py";
        string file = Path.Combine(_ground.Environment().Read(1).SitePackages, Edited);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(file, "# by hand\n");

        var repaired = Assert.IsType<RepairOutcome.Repaired>(await _ground.RepairAsync());

        Assert.Equal(1, repaired.Fetched);
        Assert.Equal("VALUE = 1\n", File.ReadAllText(Path.Combine(_ground.Environment().Read(2).SitePackages, Edited)));
    }

    [Fact]
    public async Task A_ledger_that_is_gone_is_written_down_again_as_far_as_it_can_be_known()
    {
        await _ground.InstallAsync("pebble");
        File.Delete(_ground.Environment().LedgerFile);

        await _ground.RepairAsync();

        LedgerLine found = _ground.Ledger()[0];
        Assert.Equal(("found", 1, true), (found.Command, found.To, found.Confirmed));
        var verification = new Verification(_ground.Environment(), _ground.Context.Places, _ground.Context.Executable);
        Assert.Empty(verification.Look(full: true, TestContext.Current.CancellationToken)!.Deviations);
    }

    [Fact]
    public async Task What_is_damaged_stays_until_what_takes_its_place_is_here()
    {
        await _ground.InstallAsync("pebble");
        string file = Path.Combine(_ground.Environment().Read(1).SitePackages, "pebble/__init__.py");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(file, "# by hand\n");
        string[] before = [.. Kept()];
        _ground.LoseFiles();

        await Assert.ThrowsAsync<IndexException>(_ground.RepairAsync);

        Assert.Equal(before, Kept());
        Assert.EndsWith("# by hand\n", File.ReadAllText(file), StringComparison.Ordinal);
    }

    private IEnumerable<string> Kept() => _ground.Root.Tree().Where(p => !p.StartsWith("cache/", StringComparison.Ordinal));
}
