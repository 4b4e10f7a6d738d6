using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Shims;
using Sandpiper.Indexes;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Tags;
using Sandpiper.Policies;
using Sandpiper.Resolution;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>The corridor: from what was asked to the next generation of an environment, all or nothing.</summary>
public sealed class Installation(OperationContext context, Interpreter interpreter, IPackageIndex index)
{
    private readonly WheelStore _store = context.Store;
    private readonly Lazy<SupportedTags> _tags = new(() => SupportedTags.Of(interpreter.Target));
    private readonly ChosenBefore _choices = new(context.Places, interpreter.Target);

    /// <summary>What was current when the interpreter was looked for; null: nothing, or nobody has looked.</summary>
    public Generation? Seen { get; init; }

    /// <summary>
    /// Requirements, resolution, plan, acquire, seal, judge, compose, switch: data flows one way, and nothing before the switch is visible.
    /// </summary>
    /// <exception cref="RefusedException">A package was refused; nothing was changed.</exception>
    /// <exception cref="IndexException">The index failed, or gave what cannot be trusted; nothing was changed.</exception>
    /// <exception cref="ChangeUnfinishedException">It is installed, but something that follows failed.</exception>
    public async Task<InstallationOutcome> InstallAsync(
        InstallationRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        try
        {
            return await BecomeAsync(request, facts, cancel);
        }
        catch (RefusedException refused)
        {
            new RefusedBefore(context.Places.Cache).Keep(refused.Refusal);
            throw;
        }
    }

    private async Task<InstallationOutcome> BecomeAsync(
        InstallationRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        request = request.For(interpreter.Markers);
        // Who only asks what would be makes nothing, not even the lock; a generation can be read at any time.
        using Operation? operation = request.DryRun ? null : Operation.Begin(context, request.Environment, facts, cancel, request.Taking);
        ManagedEnvironment environment = operation?.Environment ?? ManagedEnvironment.Open(context.Places.Root, request.Environment);
        Generation? before = Operation.CurrentOf(environment, Seen);
        Policy policy = context.PolicyFor(environment.Name, omitHooks: request.LeaveHooksOut, request.IsForOneRun);

        long started = Stopwatch.GetTimestamp();
        if (before is not null && IsMade(request, before) && AskedBefore.Holds(request, before, interpreter))
        {
            ImmutableArray<SelectedPackage> all = [.. before.Packages.Select(p => new SelectedPackage(p, null))];
            if (!all.Any(s => IsJudgedOtherwise(s, policy)))
            {
                facts.Report(new InstallationFact.Resolved(all.Length, Stopwatch.GetElapsedTime(started)));
                return Unchanged(request, operation, before, all);
            }
        }
        if (before is not null) Operation.ExpectWheelsOf(before);
        else if (!request.DryRun) OpenSsl.ExpectMuch();     // else METADATA is all that is hashed
        operation?.Expect(before);
        using LinkedEntries? entries = operation is null ? null : LinkedEntries.For(interpreter.ByteCodeTag);
        using Switch? next = operation is null ? null : new Switch(context, operation, interpreter) { Entries = entries };
        bool isLinked = before is not null && (request.LinkMode ?? before.LinkMode) == LinkMode.Symlink;
        if (isLinked && IsMade(request, before!) && OnlyAdds(request, before!)) next?.Expect(before!, _ => true);
        IReadOnlySet<Sha256Digest> distrusted = _store.Prepare([.. (before?.Packages ?? []).Select(p => p.Digest)]);
        if (operation is not null && before is not null)
            GenerationComposer.ReadAhead(before.Packages.Select(p => _store.TryFind(p.Digest)));
        var known = new KnownBytes(context.Places.Root);
        await using BegunDownloads? begun = operation is null || !request.Lines.Any(ChosenBefore.IsPin)
            ? null : new BegunDownloads(index, _store, operation.Staging, known, request.Lines);
        EnvironmentResolution resolving = ResolutionOf(request, before, distrusted, entries, begun ?? index);
        ResolutionResult resolution = await resolving.SolveAsync(new PackagesSeen(facts), cancel);
        if (resolution is ResolutionResult.Unsolvable why)
            return new InstallationOutcome.Unsolvable(why, [.. resolving.Elsewhere.Values.Distinct()]);
        ImmutableArray<Pin> pins = ((ResolutionResult.Solved)resolution).Pins;
        ImmutableArray<SelectedPackage> selected = resolving.IsAddition
            ? Selection.Adding(request, pins, before!, resolving.OwnerOf) : Selection.Of(request, pins, before, resolving.OwnerOf);
        facts.Report(new InstallationFact.Resolved(selected.Length, Stopwatch.GetElapsedTime(started)));

        MustFit(selected);
        bool isSame = before is not null && IsMade(request, before) && Selection.IsSame(before, selected)
            && !selected.Any(s => IsJudgedOtherwise(s, policy));
        if (operation is null || next is null || isSame) return Unchanged(request, operation, before, selected);
        if (isLinked) next.Expect(before!, selected);
        try
        {
            IReadOnlyDictionary<PackageName, SealedWheel> wheels =
                await new Acquisition(_store, index, policy, request.Limits, operation.Staging, facts)
                {
                    Known = known,
                    Begun = begun,
                    BroughtTo = request.IsForOneRun ? null : request.Environment,
                }.AcquireAsync(selected, cancel);
            _choices.Keep(request.Lines, selected, wheels);
            Prepared prepared = next.Prepare(Planned(request, before, selected, wheels, policy), cancel);
            if (Hindrance(request, operation, before, prepared.Composed.Generation) is { } hindrance) return hindrance;
            EnvironmentChange change = next.To(prepared, cancel);
            foreach (SelectedPackage package in selected) known.Keep(package.Facts.WheelFileName, wheels[package.Name].Digest);
            ImmutableArray<string> absent = AbsentExtras.NotesOf(request, selected, change.Changes, _store);
            return new InstallationOutcome.Changed(change with { Notes = [.. Mended(selected, distrusted), .. absent, .. change.Notes] });
        }
        catch (StoreDamagedException damaged)
        {
            // Not mended silently: the user is told, and the same command asked again fetches what was sealed.
            _store.Distrust(damaged.Digest);
            throw new StoreDamagedException(damaged.Digest, damaged.Because) { IsDistrusted = true };
        }
    }

    // Made for an interpreter that is gone, it is not as asked, whatever is in it.
    private bool IsMade(InstallationRequest request, Generation before) =>
        string.Equals(before.Python, interpreter.Path, StringComparison.Ordinal)
        && (request.LinkMode is null || before.LinkMode == request.LinkMode)
        && (request.ShowsByteCode is null || before.ShowsByteCode == request.ShowsByteCode)
        && (request.Tool is null || before.Tool?.Package == request.Tool);

    // Most likely all that is there stays, and something comes.
    private static bool OnlyAdds(InstallationRequest request, Generation before) =>
        request is { FollowDependencies: true, UpgradeAll: false, RequireHashes: false } && request.Upgrade.IsEmpty
        && request.Lines.All(l => !l.IsConstraint && before.Packages.All(p => p.Name != l.Requirement.Name));

    // What only comes to light when it is composed: which commands it brings, and who has their names.
    private InstallationOutcome? Hindrance(
        InstallationRequest request, Operation operation, Generation? before, Generation next)
    {
        if (request.Tool is { } tool && next.Tool is null or { Commands: [] })
            return new InstallationOutcome.NoCommands(tool, next.Commands);
        if (!request.StopsAtHeldNames) return null;
        // What it had no name for before was decided then.
        string[] undecided = [.. next.OnPath
            .Where(c => !request.Taking.Contains(c) && before?.OnPath.Contains(c, StringComparer.Ordinal) is not true)];
        if (undecided.Length == 0) return null;
        operation.HoldNames();
        ImmutableArray<HeldName> held = ShimDirectory.HeldByOthers(operation.Environment, undecided, context.Places);
        return held.IsEmpty ? null : new InstallationOutcome.NamesHeld(held);
    }

    private InstallationOutcome.Changed Unchanged(
        InstallationRequest request, Operation? operation, Generation? before, ImmutableArray<SelectedPackage> selected)
    {
        ImmutableArray<string> notes = operation is not null && before is not null ? operation.Stay(before) : [];
        var change = new EnvironmentChange(
            before?.Number, IsNew: false, Selection.Changes(before, selected), selected.Length, TimeSpan.Zero)
        {
            LeavesGenerations = operation?.HasSetAside == true,
        };
        ImmutableArray<string> absent = AbsentExtras.NotesOf(request, selected, change.Changes, _store);
        // Who installs a tool once more wants to know why its command is not there; who installs a package has heard it.
        return new InstallationOutcome.Changed(change with { Notes = request.Tool is null ? absent : [.. absent, .. notes] });
    }

    private static Plan Planned(InstallationRequest request, Generation? before, ImmutableArray<SelectedPackage> selected,
        IReadOnlyDictionary<PackageName, SealedWheel> wheels, Policy policy)
    {
        var plan = new Plan("install", before, selected, wheels, policy);
        return plan with
        {
            Mode = request.LinkMode ?? plan.Mode,
            ShowsByteCode = request.ShowsByteCode ?? plan.ShowsByteCode,
            Tool = request.Tool ?? plan.Tool,
        };
    }

    // What is kept without having been looked at was chosen for the interpreter of before.
    private void MustFit(ImmutableArray<SelectedPackage> selected)
    {
        if (selected.FirstOrDefault(s => s.Pin is null && !EnvironmentInterpreter.Fits(s.Facts.WheelFileName, _tags.Value)) is { } misfit)
            throw new EnvironmentException(
                $"`{misfit.Name}` {misfit.Version}, installed with --no-deps, does not fit {interpreter.Path}; name it as well");
    }

    // A hook was left out and the user has allowed one since, or what he allowed no longer is.
    private static bool IsJudgedOtherwise(SelectedPackage package, Policy policy) =>
        (!policy.OmitHooks && !package.Facts.OmittedHooks.IsEmpty && policy.AllowsHookOf(package.Facts.Digest))
        || !policy.StillAccepts(package.Facts.Digest, package.Facts.Accepted);

    private EnvironmentResolution ResolutionOf(
        InstallationRequest request, Generation? before, IReadOnlySet<Sha256Digest> distrusted, LinkedEntries? entries,
        IPackageIndex source)
    {
        var chosen = _choices.Find(request.Lines, _store).ToList();
        // Most likely they will be linked, and what is known of each file is needed to the end.
        Operation.ExpectToLink(chosen.Count);
        entries?.LookAhead(chosen.Select(c => c.Wheel.Wheel).ExceptBy((before?.Packages ?? []).Select(p => p.Digest), w => w.Digest));
        return new EnvironmentResolution(request, before, interpreter.Markers, _tags.Value, source, _store, chosen)
        {
            // What is gone from the store, or distrusted, is fetched anew by whoever resolves it.
            StandsByItself = before is not null && distrusted.Count == 0 && AskedBefore.StandsByItself(before, interpreter)
                && before.Packages.All(p => _store.Find(p.Digest) is { Findings: not null }),
        };
    }

    private static IEnumerable<string> Mended(ImmutableArray<SelectedPackage> selected, IReadOnlySet<Sha256Digest> distrusted) =>
        selected.Where(s => distrusted.Contains(s.Facts.Digest))
            .Select(s => $"`{s.Name}` {s.Version} was no longer as it was sealed; its wheel was fetched anew");

    private sealed class PackagesSeen(IProgress<InstallationFact> facts) : IProgress<int>
    {
        public void Report(int value) => facts.Report(new InstallationFact.Resolving(value));
    }
}
