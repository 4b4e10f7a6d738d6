using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Policies;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>What came of going back.</summary>
public abstract record RollbackOutcome
{
    private RollbackOutcome() { }

    /// <summary>It is done.</summary>
    public sealed record Switched(EnvironmentChange Change) : RollbackOutcome;

    /// <param name="Number">The one that was asked for; null: the one before.</param>
    /// <param name="WasThere">It was made once, and has been removed since to free space.</param>
    public sealed record NoSuchGeneration(int? Number, ImmutableArray<int> Available, bool WasThere) : RollbackOutcome;

    /// <summary>Something in it was accepted once, and is no more.</summary>
    public sealed record Refused(int Number, Refusal Refusal) : RollbackOutcome;

    /// <summary>Which was current before is not known: lines of the ledger are lost.</summary>
    public sealed record NotKnown(ImmutableArray<int> Available) : RollbackOutcome;
}

/// <param name="Environment">The name of the environment.</param>
/// <param name="Number">Null: the one that was current before.</param>
public sealed record RollbackRequest(string Environment, int? Number);

/// <summary>Switches to another generation that is there: one rename, nothing is built or fetched.</summary>
public sealed class Rollback(OperationContext context)
{
    /// <exception cref="EnvironmentException">The generation to go to is damaged; nothing was changed.</exception>
    /// <exception cref="WaiverFileDamagedException">What the user allowed cannot be read; nothing was changed.</exception>
    /// <exception cref="ChangeUnfinishedException">It is current, but something that follows failed.</exception>
    public RollbackOutcome Switch(RollbackRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        using Operation operation = Operation.Begin(context, request.Environment, facts, cancel);
        ImmutableArray<int> all = operation.Environment.Numbers;
        int? current = operation.Environment.LinkedNumber;
        // Going to a number needs no link, and makes it anew; the one before is known only while it is known which is current.
        if (request.Number is null) operation.Current();
        // By its number any that is there may be asked for; by itself only one that was current comes: a kill may have left others.
        int? wanted = request.Number ?? operation.Back;
        if (wanted is null && all.Length > 1 && operation.HasLostLines) return new RollbackOutcome.NotKnown(all);
        if (wanted is not { } target || !all.Contains(target))
            return new RollbackOutcome.NoSuchGeneration(request.Number, all, operation.WasRemoved(request.Number));

        long started = Stopwatch.GetTimestamp();
        // The generation we leave may be the damaged one; going away from it must not need it.
        Generation? before = current is { } number ? operation.Environment.TryRead(number) : null;
        Generation next = operation.Environment.Read(target);
        if (target != current && RefusalOf(next) is { } refusal)
        {
            new RefusedBefore(context.Places.Cache).Keep(refusal);
            return new RollbackOutcome.Refused(target, refusal);
        }
        ImmutableArray<PackageChange> changes = Selection.Changes(before, [.. next.Packages.Select(p => new SelectedPackage(p, null))]);
        ImmutableArray<LedgerHandover> handedOver = Handovers.Between(before, next, context.Store);
        cancel.ThrowIfCancellationRequested();
        var line = new LedgerLine("rollback", context.Time.GetUtcNow(), context.Author, current, target,
            [.. changes.Select(c => new LedgerChange(c.Name.Normalized, c.Before, c.After, null, null))],
            Overrides.Of(next, omitHooks: false), Confirmed: false)
        {
            HandedOver = handedOver,
        };
        ImmutableArray<string> notes = target == current ? operation.Stay(next) : operation.SwitchTo(before, next, line);
        var change = new EnvironmentChange(target, IsNew: false, changes, next.Packages.Length, Stopwatch.GetElapsedTime(started))
        {
            IsSwitched = target != current,
            HandedOver = handedOver,
            Notes = notes,
        };
        return new RollbackOutcome.Switched(change);
    }

    // What was accepted when it was made need not be any more; as everywhere else, what is not is asked for anew (P8).
    private Refusal? RefusalOf(Generation next)
    {
        Policy policy = context.PolicyFor(next.Environment, omitHooks: false);
        foreach (InstalledPackage package in next.Packages)
        {
            if (policy.FirstEnded(package.Digest, Judgement.OnRecord(package, FindingsOf(package))) is not { } ended) continue;
            Acceptance was = ended.Acceptance;
            Finding finding = FindingsOf(package).FirstOrDefault(f => string.Equals(f.Rule, was.Rule, StringComparison.Ordinal)
                    && string.Equals(f.Path ?? "", was.Path, StringComparison.Ordinal))
                ?? new Finding(Rules.AnyOf(was.Rule) ?? Fault.CodeAtStart, was.Path) { Rule = was.Rule, Owner = ended.Owner };
            return new Refusal([finding])
            {
                Artifact = new Artifact(package.Name, package.Version, package.Digest),
                Environment = Rules.IsAboutEnvironment(was.Rule) ? next.Environment : null,
                Allowance = ended.State,
            };
        }
        return null;
    }

    // Where they are gone, or an earlier version kept none, the record has to do.
    private ImmutableArray<Finding> FindingsOf(InstalledPackage package) => context.Store.TryFind(package.Digest)?.Findings ?? [];
}
