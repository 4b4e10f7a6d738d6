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
                    .. row.Trials.Where(t => t.Installed == Installed.Failed).Select(t => $"{AssessmentWords.Of(t.Kind)}: {t.Said}")]
                : [$"{AssessmentWords.Of(cell.Asset)}: looked for after every step of {row.Trials.Length} trials, and not reached"];
        }
        Reach reach = cell.Reaches[0];
        ImmutableArray<string> end = [AssessmentWords.Of(reach), $"code ran with the rights of {AssessmentWords.Of(reach.RunsAs)}",
            $"reached {reach.What}"];
        if (!reach.IsPlanted) return [$"the package: {AssessmentWords.Of(reach.Kind)}", .. end];
        // Whatever ran before that was the package's own: it left what ran now.
        Reach? first = row.Trials.Where(t => t.Kind == reach.Kind).SelectMany(t => t.Reaches).Where(r => !r.IsPlanted)
            .OrderBy(r => r.Moment).FirstOrDefault();
        return
        [
            $"the package: {AssessmentWords.Of(reach.Kind)}",
            .. first is null ? [] : (ImmutableArray<string>)[AssessmentWords.Of(first),
                $"code ran with the rights of {AssessmentWords.Of(first.RunsAs)}, and left {AssessmentWords.OfPlant(reach.Trigger)}"],
            .. end,
        ];
    }
}
