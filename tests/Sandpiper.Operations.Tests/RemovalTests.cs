using Sandpiper.Environments.Ledger;
using Sandpiper.Packaging.Names;
using Sandpiper.Samples;

namespace Sandpiper.Operations.Tests;

public sealed class RemovalTests : IDisposable
{
    private readonly OperationGround _ground = new OperationGround()
        .Offering(OrdinaryPackages.Pebble(), OrdinaryPackages.Tide(), OrdinaryPackages.Small("gull", "0.3"));

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task What_goes_what_stays_and_what_only_the_removed_needed()
    {
        await _ground.InstallAsync("tide", "gull>=0.1");
        Assert.Equal(["gull", "pebble", "tide"], Names(1));

        Assert.Equal([PackageName.Parse("tide")], Assert.IsType<RemovalOutcome.StillNeeded>(_ground.Remove("pebble")).By);
        Assert.IsType<RemovalOutcome.NotInstalled>(_ground.Remove("knot"));
        Assert.IsType<RemovalOutcome.Removed>(_ground.Remove("tide"));

        Assert.Equal(["gull"], Names(2));
        Assert.Contains(">=0.1", _ground.Environment().Read(2).Packages[0].Requirement, StringComparison.Ordinal);
        LedgerLine line = _ground.Ledger()[^1];
        Assert.Equal(("uninstall", "ada", 1, 2, true), (line.Command, line.Who, line.From, line.To, line.Confirmed));
        Assert.Equal(["pebble", "tide"], line.Changes.Select(c => c.Name));
        Assert.All(line.Changes, change => Assert.Null(change.After));
    }

    [Fact]
    public void From_an_environment_that_never_was_nothing_is_removed_and_nothing_left()
    {
        Assert.IsType<RemovalOutcome.NotInstalled>(_ground.Remove("tide"));
        Assert.False(Directory.Exists(_ground.Environment().Directory));
    }

    private IEnumerable<string> Names(int generation) => _ground.Environment().Read(generation).Packages.Select(p => p.Name.Normalized);
}
