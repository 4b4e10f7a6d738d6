using System.Collections.Immutable;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Trials;

namespace Sandpiper.Console;

/// <summary>How one cell came about, step by step: from what was asked for to the decoy that was reached.</summary>
internal static class AssessmentChain
{
    /// <returns>Steps in order; one that says so where there was nothing.</returns>
    public static ImmutableArray<string> Of(Row row, Cell cell)
    {
        if (cell.Reaches.Length == 0)
        {
            return cell.Worst == Worst.Unknown
                ? ["nothing could be installed so that nothing was learnt",
                    .. row.Trials.Where(t => t.Installed == Installed.Failed).Select(t => $"{AssessmentWords.Of(t.Kinds)}: {t.Said}")]
                : [$"{AssessmentWords.Of(cell.Asset)}: looked for after every step of {row.Trials.Length} trials, and not reached"];
        }
        Reach reach = cell.Reaches[0];
        return
        [
            $"the package: {AssessmentWords.Of(reach.Kind)}", .. Before(row, reach.LeftBy, reach.Trigger), AssessmentWords.Of(reach),
            $"code ran with the rights of {AssessmentWords.Of(reach.RunsAs)}", $"reached {reach.What}",
        ];
    }

    // What left the code that ran, and what had left that: each as it was seen when it first did something.
    private static ImmutableArray<string> Before(Row row, Planter? planter, string left)
    {
        if (planter is null) return [];
        Reach? seen = row.Trials.SelectMany(t => t.Reaches).Where(r => r.RunsAs == planter.RunsAs && r.LeftBy == planter.LeftBy
            && string.Equals(r.Trigger, planter.Trigger, StringComparison.Ordinal)).MinBy(r => r.Moment);
        return
        [
            .. Before(row, planter.LeftBy, planter.Trigger), .. seen is null ? [] : (string[])[AssessmentWords.Of(seen)],
            $"code ran with the rights of {AssessmentWords.Of(planter.RunsAs)}, and left {AssessmentWords.OfPlant(left)}",
        ];
    }
}
