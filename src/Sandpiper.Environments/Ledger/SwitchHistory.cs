using System.Collections.Immutable;

namespace Sandpiper.Environments.Ledger;

/// <summary>Which generations were current, as the ledger tells it; the way that <c>rollback</c> goes back.</summary>
/// <remarks>
/// As undo goes in an editor: a change adds a step, going back takes one away, so that going back twice goes back twice; going to any other
/// generation by its number is a change like another. What was announced and never switched to is no step.
/// </remarks>
public static class SwitchHistory
{
    /// <param name="lines">All of them, oldest first.</param>
    /// <param name="current">The generation that is current.</param>
    /// <returns>What was current before, the last first; a generation may occur more than once.</returns>
    public static ImmutableArray<int> Before(IEnumerable<LedgerLine> lines, int current)
    {
        var steps = new List<int>();
        foreach (LedgerLine line in lines)
        {
            // Who announces says what was current then: so much is known even of a switch that nobody lived to confirm.
            if (line.From is { } from) Take(steps, from);
            if (line.Confirmed) Take(steps, line.To);
        }
        Take(steps, current);
        steps.RemoveAt(steps.Count - 1);
        steps.Reverse();
        return [.. steps];
    }

    /// <summary>Where going back without a number leads: to what was current last, is still there, and is not current now.</summary>
    /// <param name="lines">All of them, oldest first.</param>
    /// <param name="current">The generation that is current.</param>
    /// <param name="available">The generations that are there.</param>
    public static int? Back(IEnumerable<LedgerLine> lines, int current, ImmutableArray<int> available)
    {
        foreach (int number in Before(lines, current))
        {
            // Where those in between are gone, what was current then may be what is current now.
            if (number != current && available.Contains(number)) return number;
        }
        return null;
    }

    /// <summary>What is current, and what was so last: by undoing, and by time. What was gone back from is among it.</summary>
    /// <param name="keep">How many beside the current one.</param>
    /// <inheritdoc cref="Back" path="/param"/>
    public static ImmutableHashSet<int> Reach(
        ImmutableArray<LedgerLine> lines, int current, ImmutableArray<int> available, int keep)
    {
        if (keep == 0) return [current];
        IEnumerable<int> last = lines.Where(l => l.Confirmed).Select(l => l.To).Reverse();
        if (Back(lines, current, available) is { } back) last = last.Prepend(back);
        return [current, .. last.Distinct().Where(n => n != current && available.Contains(n)).Take(keep)];
    }

    private static void Take(List<int> steps, int number)
    {
        if (steps.Count > 0 && steps[^1] == number) return;
        if (steps.Count > 1 && steps[^2] == number) steps.RemoveAt(steps.Count - 1);
        else steps.Add(number);
    }
}
