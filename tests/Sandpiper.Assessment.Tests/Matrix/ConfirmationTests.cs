using CsCheck;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;

namespace Sandpiper.Assessment.Tests.Matrix;

public sealed class ConfirmationTests
{
    private static readonly Gen<Reach> AnyReach = Gen.Select(
        Gen.Enum<Kind>(), Gen.Enum<Moment>(), Gen.Enum<Person>(), Gen.Enum<Asset>(),
        (kind, moment, by, asset) => new Reach(kind, moment, by, "import", by, asset, "a decoy"));

    private static readonly Gen<Row[]> AnyRows = Gen.Select(Gen.Enum<Kind>(), Gen.Enum<Installed>(), AnyReach.Array[0, 6],
        (kind, installed, reaches) => new TrialOutcome([kind], installed, [.. reaches], "")).Array[0, 4].Array[1, 3]
        .Select(trials => trials.Select((t, i) => new Row($"way-{i}", "a way", [.. t])).ToArray());

    [Fact]
    public void What_came_out_the_same_agrees() => AnyRows.Sample(rows =>
    {
        Confirmation same = Confirmation.Compared(rows, Confirmation.Words(rows));
        Assert.Empty(same.Differences);
        Assert.Equal(Confirmation.Words(rows).Split(' ').Count(w => w.Length > 0 && !w.EndsWith("=unknown", StringComparison.Ordinal)),
            same.Cells);
    });

    [Fact]
    public void Every_cell_that_came_out_otherwise_is_told_and_no_other() =>
        Gen.Select(AnyRows, AnyRows).Sample((here, there) =>
        {
            string[] one = Confirmation.Words(here).Split(' '), other = Confirmation.Words(there).Split(' ');
            string[] told = [.. Confirmation.Compared(here, string.Join(' ', other)).Differences
                .Select(d => $"{d.Way}/{d.Asset.Id()}={d.Views}")];
            // What there is no word of there is not known, and is no agreement.
            string[] expected = [.. one.Where(w => w.Length > 0).Except(other.Select(w => w.Length > 0 ? w : "-"), StringComparer.Ordinal)
                .Where(w => other.Any(o => o.StartsWith(w.Split('=')[0] + "=", StringComparison.Ordinal))
                    || !w.EndsWith("=unknown", StringComparison.Ordinal))];
            Assert.Equal(expected.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        });
}
