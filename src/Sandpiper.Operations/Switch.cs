using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// From a plan to the current generation: judged, composed beside its place, announced, renamed into place, switched, confirmed.
/// </summary>
internal sealed class Switch(OperationContext context, Operation operation, Interpreter interpreter) : IDisposable
{
    private readonly Lazy<int> _number = new(() => operation.NextNumber);
    private readonly Lazy<string> _work = new(() => operation.Staging.NewDirectory());
    private Task<LinksAhead>? _ahead;

    /// <inheritdoc cref="GenerationComposer.Entries"/>
    public LinkedEntries? Entries { get; init; }

    /// <summary>
    /// Begins with what the next generation will have of the current one, on another core, while it is being found out what else there
    /// will be. What is not wanted in the end is taken out again.
    /// </summary>
    /// <param name="stays">Of what is in the current one.</param>
    public void Expect(Generation before, Func<Sha256Digest, bool> stays)
    {
        if (before.Linked.IsEmpty || _ahead is not null) return;
        _ahead = Task.Run(() => LinksAhead.Begin(
            _work.Value, operation.Environment.DirectoryOf(_number.Value), before, stays, context.Store.TreeOf));
    }

    /// <inheritdoc cref="Expect(Generation, Func{Sha256Digest, bool})"/>
    public void Expect(Generation before, IEnumerable<SelectedPackage> stays) =>
        Expect(before, stays.Select(p => p.Facts.Digest).ToHashSet().Contains);

    public void Dispose()
    {
        if (_ahead is null) return;
        // What went wrong with it was met by who needed it.
        Task.WaitAny([_ahead]);
        if (_ahead.IsCompletedSuccessfully) _ahead.Result.Dispose();
    }

    /// <summary>Judges, and composes in the stage: nothing is visible.</summary>
    /// <exception cref="RefusedException">A hook that nobody allowed, files of two owners, a shadowed standard library.</exception>
    /// <exception cref="StoreDamagedException">The store no longer holds what was sealed.</exception>
    public Prepared Prepare(Plan plan, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        ImmutableArray<ComposedPackage> packages =
            [.. plan.Packages.Select(s => WithStanding(Judgement.Judge(s.Facts, plan.Wheels[s.Name], plan.Policy), plan.Before))];
        int number = _number.Value;
        string work = _work.Value, place = operation.Environment.DirectoryOf(number);
        return new Prepared(plan, Compose(packages, plan, number, work, place, cancel), work, started);
    }

    /// <inheritdoc cref="Prepare" path="/exception"/>
    /// <inheritdoc cref="To(Prepared, CancellationToken)" path="/exception"/>
    public EnvironmentChange To(Plan plan, CancellationToken cancel) => To(Prepare(plan, cancel), cancel);

    /// <summary>Makes it the current one.</summary>
    /// <exception cref="ChangeUnfinishedException">
    /// It is current, but something that follows failed. With any other exception nothing has changed.
    /// </exception>
    public EnvironmentChange To(Prepared prepared, CancellationToken cancel)
    {
        (Plan plan, (Generation next, Sha256Digest description), string work, long started) = prepared;
        var recorded = next.Packages.ToDictionary(p => p.Name);
        ImmutableArray<SelectedPackage> judged = [.. plan.Packages.Select(s => s with { Facts = recorded[s.Name] })];
        ImmutableArray<PackageChange> changes = Selection.Changes(plan.Before, judged);
        ImmutableArray<LedgerHandover> handedOver = Handovers.Between(plan.Before, next, context.Store);
        cancel.ThrowIfCancellationRequested();
        var line = new LedgerLine(
            plan.Command, context.Time.GetUtcNow(), context.Author, plan.Before?.Number, next.Number,
            LedgerChangesOf(changes, next), Overrides.Of(next, plan.Policy.OmitHooks), Confirmed: false)
        {
            HandedOver = handedOver,
        };
        ImmutableArray<string> notes = operation.SwitchToNew(
            work, plan.Before, next, description, line, context.Store.AreOnDisk(NotShownBefore(plan), context.Time.GetUtcNow()));
        bool isToBeLookedAt = plan.Before?.Packages.Any(p => recorded.TryGetValue(p.Name, out var now) && now.Digest == p.Digest) == true;
        return new EnvironmentChange(next.Number, IsNew: true, changes, next.Packages.Length, Stopwatch.GetElapsedTime(started))
        {
            IsSwitched = true,
            HandedOver = handedOver,
            LacksByteCode = plan.ShowsByteCode && (isToBeLookedAt
                || next.Packages.Any(p => !context.Store.IsCompiled(p.Digest, interpreter.ByteCodeTag))),
            IsToBeLookedAt = isToBeLookedAt,
            LeavesGenerations = operation.HasSetAside,
            Notes = notes,
        };
    }

    // What the generation before shows was on the disk before that was switched to; but what somebody damaged may have been sealed anew
    // since, by this command, and that is chosen anew.
    private static IEnumerable<SealedWheel> NotShownBefore(Plan plan)
    {
        var shown = (plan.Before?.Packages ?? []).Select(p => (p.Digest, p.Manifest)).ToHashSet();
        return plan.Packages.Where(s => s.Pin is not null || !shown.Contains((Of(s).Digest, Of(s).ManifestDigest))).Select(Of);

        SealedWheel Of(SelectedPackage package) => plan.Wheels[package.Name];
    }

    private ComposedGeneration Compose(
        ImmutableArray<ComposedPackage> packages, Plan plan, int number, string work, string place, CancellationToken cancel) =>
        new GenerationComposer(interpreter, work, place)
        {
            Mode = plan.Mode,
            ShowsByteCode = plan.ShowsByteCode,
            Tool = plan.Tool,
            Before = plan.Before,
            Ahead = _ahead?.GetAwaiter().GetResult(),
            Entries = Entries,
        }.Compose(operation.Environment.Name, number, packages, plan.Policy, context.Time.GetUtcNow(), cancel);

    private ComposedPackage WithStanding(ComposedPackage package, Generation? before)
    {
        InstalledPackage facts = package.Facts;
        if (before?.Packages.FirstOrDefault(p => p.Name == facts.Name) is not { } was)
            return package with { Standing = facts.IsRequested ? Standing.Asked : Standing.Needed };
        if (was.Digest == facts.Digest) return package with { Standing = Standing.Kept };
        // Where its old wheel is gone nobody can say what was its own: then all of it is new.
        return package with { Standing = Standing.Changed, Before = context.Store.TryFind(was.Digest) is { } wheel ? (wheel, was) : null };
    }

    private static ImmutableArray<LedgerChange> LedgerChangesOf(ImmutableArray<PackageChange> changes, Generation next)
    {
        var packages = next.Packages.ToDictionary(p => p.Name);
        return [.. changes.Select(c => new LedgerChange(c.Name.Normalized, c.Before, c.After,
            c.After is null ? null : packages[c.Name].Digest.Hex, c.After is null ? null : packages[c.Name].Index))];
    }
}

/// <summary>A generation that was composed and nobody sees yet.</summary>
/// <param name="Work">Where it lies, in the stage.</param>
/// <param name="Started">When that began, as <see cref="Stopwatch"/> counts.</param>
internal sealed record Prepared(Plan Plan, ComposedGeneration Composed, string Work, long Started);
