using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Sandbox.Leftovers;

namespace Sandpiper.Commands;

/// <summary>
/// What a program left that other programs run by themselves: kept aside, or told. Never silent: <c>-q</c> does not hide it; and never a
/// flood, for a program can make a hundred thousand such names.
/// </summary>
internal static class LeftoverReport
{
    private const int MostShown = 10;
    private const int MostKeptAlone = 1000;

    /// <param name="terminal">Where it is told.</param>
    /// <param name="watch">What was looked at before the program began.</param>
    /// <param name="files">Where it is kept.</param>
    /// <param name="command">What had been run.</param>
    /// <param name="killed">It is a run that was ended by force, and long over; null: it ended just now.</param>
    /// <returns>False where something could not be kept aside, for nothing can be written.</returns>
    public static bool Settle(Terminal terminal, WritableWatch watch, HeldFiles files, string command, KilledRun? killed = null)
    {
        ImmutableArray<Leftover> all = watch.End();
        if (killed is not null && !all.IsEmpty)
            terminal.Problem(Inked.Yellow($"sandpiper: {KilledRuns.WordsOf(killed)}; what it left in {all[0].Root}:"));
        List<Leftover> told = [], kept = [], rest = [];
        string? why = null;
        foreach (Leftover leftover in all)
        {
            bool isOneMore = leftover.IsKeptAside && kept.Count >= MostKeptAlone;
            (isOneMore ? rest : leftover.IsKeptAside && IsHeld(leftover) ? kept : told).Add(leftover);
        }
        foreach (var ofOneRoot in rest.GroupBy(leftover => leftover.Root, StringComparer.Ordinal))
        {
            HashSet<Leftover> left = [.. NotHeld([.. ofOneRoot])];
            // On another file system each is kept where it lies.
            foreach (Leftover leftover in ofOneRoot) (left.Contains(leftover) && !IsHeld(leftover) ? told : kept).Add(leftover);
        }
        Tell(terminal, kept, told);
        if (why is not null)
            terminal.Problem(Inked.Yellow($"sandpiper: what would be kept aside is where it was made: nothing can be written ({why})"));
        return why is null;

        DateTimeOffset When() => killed?.Begun ?? Session.Time.GetUtcNow();

        bool IsHeld(Leftover leftover)
        {
            try
            {
                return files.Hold(watch, leftover, command, When(), isKilled: killed is not null) is not null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                why ??= e.Message;
                return false;
            }
        }

        ImmutableArray<Leftover> NotHeld(ImmutableArray<Leftover> leftovers)
        {
            try
            {
                return files.HoldTogether(watch, leftovers, command, When(), isKilled: killed is not null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                why ??= e.Message;
                return leftovers;
            }
        }
    }

    internal static void Tell(Terminal terminal, IReadOnlyCollection<Leftover> kept, IReadOnlyCollection<Leftover> told)
    {
        // As a rule; and somebody waits: to sort none takes a tenth of a millisecond, for which .NET's type loader has to be asked.
        if (kept.Count == 0 && told.Count == 0) return;
        foreach (Leftover leftover in kept.Take(MostShown))
        {
            string why = leftover.Rule == AutorunName.Link ? $"a link that leads to {leftover.Target}" : $"run by {leftover.Rule.RunBy}";
            terminal.Problem(Inked.Yellow($"sandpiper: kept aside: {leftover.ShownPath} ({why}) ·  sandpiper held"));
        }
        int more = kept.Count - MostShown;
        if (more > 0) terminal.Problem(Inked.Yellow($"sandpiper: kept aside: {more:N0} more ·  sandpiper held"));
        // What was there before comes first: of what is new a program makes any number. Then what has a name of its own, the nearest first.
        foreach (Leftover leftover in told.OrderBy(l => l.IsNew).ThenBy(l => l.Rule.Name is ['*', ..]).ThenBy(l => l.Path.Count('/'))
            .Take(MostShown))
        {
            terminal.Problem(Inked.Yellow(leftover switch
            {
                { Rule: var rule } when rule == AutorunName.TooDeep =>
                    $"sandpiper: {leftover.ShownPath}: too deep; nobody looked what is new in it",
                { Rule: var rule } when rule == AutorunName.Closed =>
                    $"sandpiper: {leftover.ShownPath}: cannot be listed; nobody looked what is new in it",
                { IsLater: true } => $"sandpiper: made since then: {leftover.ShownPath} (run by {leftover.Rule.RunBy}); if that was not "
                    + "you, read it first",
                _ => $"sandpiper: {(leftover.IsNew ? "new" : "changed")}: {leftover.ShownPath} (run by {leftover.Rule.RunBy}); "
                    + "read it first",
            }));
        }
        if (told.Count > MostShown)
        {
            terminal.Problem(Inked.Yellow($"sandpiper: {told.Count - MostShown:N0} more names that others run are new or changed"));
        }
    }
}
