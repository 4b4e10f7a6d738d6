using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;

namespace Sandpiper.Operations;

/// <summary>What came of going back.</summary>
public abstract record RollbackOutcome
{
    private RollbackOutcome() { }

    public sealed record Switched(EnvironmentChange Change) : RollbackOutcome;

    /// <param name="Number">The one that was asked for; null: the one before.</param>
    public sealed record NoSuchGeneration(int? Number, ImmutableArray<int> Available) : RollbackOutcome;
}

/// <summary>Switches to another generation that is there: one rename, nothing is built or fetched.</summary>
public sealed class Rollback(ManagedEnvironment environment, DataPlaces places, TimeProvider time, string executable)
{
    /// <param name="number">Null: the newest one older than the current.</param>
    public RollbackOutcome To(int? number, CancellationToken cancel)
    {
        using EnvironmentLock held = environment.Lock(() => { }, cancel);
        ImmutableArray<int> all = environment.Numbers;
        int? current = environment.Current;
        int? wanted = number ?? all.Where(n => n < current).Select(n => (int?)n).LastOrDefault();
        if (wanted is not { } target || !all.Contains(target)) return new RollbackOutcome.NoSuchGeneration(number, all);

        long started = Stopwatch.GetTimestamp();
        // The generation we leave may be the damaged one; going away from it must not need it.
        Generation? before = TryRead(current);
        Generation next = environment.Read(target);
        ImmutableArray<PackageChange> changes = Selection.Changes(before, [.. next.Packages.Select(p => new SelectedPackage(p, null))]);
        if (target != current)
        {
            var ledger = new EnvironmentLedger(environment);
            ledger.Announce(new LedgerLine("rollback", time.GetUtcNow(), Author.Name, current, target,
                [.. changes.Select(c => new LedgerChange(c.Name.Normalized, c.Before, c.After, null, null))], Succession.OverridesOf(next, leaveHooksOut: false), Confirmed: false));
            environment.Switch(target);
            ledger.Confirm(target);
        }
        ImmutableArray<string> notes = Shims.Refresh(environment, next, places, executable);
        return new RollbackOutcome.Switched(new EnvironmentChange(target, IsNew: false, changes, next.Packages.Length, Stopwatch.GetElapsedTime(started)) { Notes = notes });
    }

    private Generation? TryRead(int? number)
    {
        try
        {
            return number is { } n ? environment.Read(n) : null;
        }
        catch (EnvironmentException)
        {
            return null;
        }
    }
}
