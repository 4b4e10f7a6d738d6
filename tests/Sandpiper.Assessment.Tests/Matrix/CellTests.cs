using System.Collections.Immutable;
using CsCheck;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;

namespace Sandpiper.Assessment.Tests.Matrix;

public sealed class CellTests
{
    private static readonly Gen<Reach> AnyReach = Gen.Select(
        Gen.Enum<Kind>(), Gen.Enum<Moment>(), Gen.Enum<Person>(),
        Gen.OneOf(Gen.Const("import"), Gen.Const("planted-shared-pth"), Gen.Const("build")), Gen.Enum<Person>(), Gen.Enum<Asset>(),
        (kind, moment, by, trigger, runsAs, asset) => new Reach(kind, moment, by, trigger, runsAs, asset, "a decoy"));

    private static readonly Gen<TrialOutcome> AnyTrial = Gen.Select(Gen.Enum<Kind>(), Gen.Enum<Installed>(), AnyReach.Array[0, 6],
        (kind, installed, reaches) => new TrialOutcome([kind], installed, [.. reaches], ""));

    [Theory]
    [InlineData(Moment.Resolve, "build", Worst.Install)]
    [InlineData(Moment.Install, "build", Worst.Install)]
    [InlineData(Moment.Start, "pth", Worst.Use)]
    [InlineData(Moment.Start, "planted-user-pth", Worst.Planted)]
    [InlineData(Moment.Uninstall, "pth", Worst.Use)]
    [InlineData(Moment.AfterRebuild, "planted-shared-pth", Worst.Planted)]
    [InlineData(Moment.SudoPip, "pth", Worst.Sudo)]
    [InlineData(Moment.SudoFromShell, "planted-shell", Worst.Sudo)]
    public void How_soon_something_is_reached_follows_from_moment_and_trigger(Moment moment, string trigger, Worst worst) =>
        Assert.Equal(worst, Cell.WorstOf(new(Kind.Pth, moment, Person.You, trigger, Person.You, Asset.Keys, "a decoy")));

    [Fact]
    public void A_package_that_could_not_be_installed_says_nothing()
    {
        var failed = new TrialOutcome([Kind.Import], Installed.Failed, [], "no");
        var installed = new TrialOutcome([Kind.Pth], Installed.Yes, [], "");
        Assert.Equal(Worst.Unknown, Cell.Of(Asset.Keys, [failed, installed]).Worst);
        Assert.Equal(Worst.Never, Cell.Of(Asset.Keys, [installed, failed with { Installed = Installed.Refused }]).Worst);
    }

    [Fact]
    public void What_was_not_tried_is_not_known() => Assert.Equal(Worst.Unknown, Cell.Of(Asset.Root, []).Worst);

    [Fact]
    public void A_cell_is_as_bad_as_the_worst_that_was_seen_of_its_asset() => AnyTrial.Array[0, 5].Sample(trials =>
    {
        foreach (Asset asset in AssetNames.All)
        {
            Cell cell = Cell.Of(asset, trials);
            Reach[] seen = [.. trials.SelectMany(t => t.Reaches).Where(r => r.Asset == asset)];
            if (seen.Length > 0) Assert.Equal(seen.Min(Cell.WorstOf), cell.Worst);
            else Assert.True(cell.Worst is Worst.Never or Worst.Unknown);
            Assert.Equal(seen.Length, cell.Reaches.Length);
        }
    });

    [Fact]
    public void One_more_trial_never_makes_a_cell_look_better() => Gen.Select(AnyTrial.Array[1, 4], AnyTrial).Sample((trials, more) =>
        AssetNames.All.All(a => Cell.Of(a, [.. trials, more]).Worst <= Cell.Of(a, trials).Worst));
}
