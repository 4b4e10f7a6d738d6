using System.Collections.Immutable;
using Sandpiper.Archives;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Shims;
using Sandpiper.Environments.Verifying;
using Sandpiper.Indexes;
using Sandpiper.Interpreters;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;
using Sandpiper.Policies;
using Sandpiper.Resolution;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>What came of a repair.</summary>
public abstract record RepairOutcome
{
    private RepairOutcome() { }

    /// <summary>Every byte is as installed; nothing was done.</summary>
    public sealed record AsInstalled(Generation Generation) : RepairOutcome;

    /// <param name="Deviations">What was not as installed.</param>
    /// <param name="Fetched">Wheels whose sealed files were damaged or gone, and which came from the index again.</param>
    public sealed record Repaired(EnvironmentChange Change, ImmutableArray<Deviation> Deviations, int Fetched) : RepairOutcome;

    /// <summary>The generation's own description is not the one that the ledger knows: nobody can say what belongs into it.</summary>
    public sealed record NotDescribed(Generation Generation) : RepairOutcome;

    /// <summary>The index no longer has the very file that was installed.</summary>
    public sealed record Gone(ResolutionResult.Unsolvable Why) : RepairOutcome;
}

/// <param name="Environment">The name of the environment.</param>
public sealed record RepairRequest(string Environment)
{
    /// <summary>The most that one archive may cost.</summary>
    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;
}

/// <summary>
/// The same packages once more, as the next generation (P5): what is damaged in the store is fetched anew, by the digest that was
/// installed, and everything is composed from sealed files. The damaged generation stays as it is. Link, ledger and shims are put back
/// where they are.
/// </summary>
/// <param name="interpreter">For the next generation: the environment's own, or the one that took its place.</param>
public sealed class Repair(OperationContext context, Interpreter interpreter, IPackageIndex index)
{
    private readonly WheelStore _store = context.Store;

    /// <exception cref="EnvironmentException">Nothing is installed in it, or it is damaged beyond reading.</exception>
    /// <exception cref="IndexException">What has to be fetched cannot be had.</exception>
    /// <exception cref="RefusedException">What was fetched is refused.</exception>
    public async Task<RepairOutcome> MendAsync(RepairRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        using Operation operation = Operation.Begin(context, request.Environment, facts, cancel);
        Verification.Report seen =
            new Verification(operation.Environment, context.Places, context.Executable, context.SecondStage).Look(full: true, cancel)
            ?? throw new EnvironmentException($"nothing is installed in `{request.Environment}`");
        (Generation before, ImmutableArray<Deviation> deviations) = (seen.Generation, seen.Deviations);
        // Sealed by an earlier version, an entry tells nothing to judge it by: it comes from the index once more.
        HashSet<PackageName> unjudged = [.. before.Packages.Where(IsOfEarlierVersion).Select(p => p.Name)];
        if (deviations.IsEmpty && unjudged.Count == 0)
        {
            // What an earlier version did not make is no deviation, and is made here.
            operation.Stay(before);
            return new RepairOutcome.AsInstalled(before);
        }
        if (deviations.Any(f => f.Place == DeviationPlace.Generation
            && string.Equals(f.Path, GenerationFile.Name, StringComparison.Ordinal)))
            return new RepairOutcome.NotDescribed(before);

        bool ledgerIsLost = deviations.Any(f => f.Place == DeviationPlace.Ledger);
        // What no line vouches for is not gone on with as it is: the same packages once more, from sealed files.
        bool isUnvouched = ledgerIsLost && !IsVouchedFor(operation.Environment, before);
        var notes = ImmutableArray.CreateBuilder<string>();
        if (isUnvouched || unjudged.Count > 0
            || deviations.Any(f => f.Place is DeviationPlace.Generation or DeviationPlace.Store or DeviationPlace.Interpreter))
        {
            // Only when everything can be had: before that nothing is touched, the ledger neither.
            return await ComposeAnewAsync(
                operation, before, deviations, unjudged, request.Limits,
                () => MakeWay(operation.Environment, before, deviations, ledgerIsLost, notes),
                notes, facts, cancel);
        }
        MakeWay(operation.Environment, before, deviations, ledgerIsLost, notes);
        bool mustPoint = ledgerIsLost || deviations.Any(f => f.Place == DeviationPlace.Current);
        bool isSwitched = mustPoint && operation.Environment.LinkedNumber != before.Number;
        notes.AddRange(mustPoint ? operation.SwitchTo(before, before, LineTo(operation.Environment, before)) : operation.Stay(before));
        var change = new EnvironmentChange(before.Number, IsNew: false, [], before.Packages.Length, TimeSpan.Zero)
        {
            IsSwitched = isSwitched,
            LacksByteCode = deviations.Any(f => f.Place == DeviationPlace.ByteCode),
            Notes = notes.ToImmutable(),
        };
        return new RepairOutcome.Repaired(change, deviations, Fetched: 0);
    }

    private async Task<RepairOutcome> ComposeAnewAsync(
        Operation operation, Generation before, ImmutableArray<Deviation> deviations, HashSet<PackageName> unjudged, ArchiveLimits limits,
        Action makeWay, ImmutableArray<string>.Builder notes, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        HashSet<PackageName> damaged = [.. deviations.Where(f => f.InStore).Select(f => f.Owner!.Name), .. unjudged];
        var pins = new Dictionary<PackageName, Pin>();
        if (damaged.Count > 0)
        {
            // Nothing is thrown away before what takes its place is here: without an index the damaged files are all that there is.
            ResolutionResult found = await new Resolver(index)
                .SolveAsync(ProblemOf(before.Packages.Where(p => damaged.Contains(p.Name))), new Unheard(), cancel);
            if (found is ResolutionResult.Unsolvable why) return new RepairOutcome.Gone(why);
            pins = ((ResolutionResult.Solved)found).Pins.ToDictionary(p => p.Name);
        }
        ImmutableArray<SelectedPackage> selected = [.. before.Packages.Select(p => new SelectedPackage(p, pins.GetValueOrDefault(p.Name)))];
        Policy policy = context.PolicyForWhatIsThere(operation.Environment.Name);
        var acquisition = new Acquisition(_store, index, policy, limits, operation.Staging, facts)
        {
            FetchesAnew = true,
            BroughtTo = operation.Environment.Name,
        };
        var wheels = await acquisition.AcquireAsync(selected, cancel);
        makeWay();
        using var next = new Switch(context, operation, interpreter);
        EnvironmentChange change = next.To(new Plan("repair", before, selected, wheels, policy), cancel);
        return new RepairOutcome.Repaired(change with { Notes = [.. notes, .. change.Notes] }, deviations, pins.Count);
    }

    // Of one that is damaged a deviation says so.
    private bool IsOfEarlierVersion(InstalledPackage package) => _store.TryFind(package.Digest) is { Findings: null };

    private static bool IsVouchedFor(ManagedEnvironment environment, Generation generation)
    {
        var ledger = new EnvironmentLedger(environment) { IsHeld = true };
        ledger.Read();
        return ledger.DescriptionDigest(generation.Number) is not null;
    }

    // What stands where a file or link of ours has to be; and what the ledger has lost: who installed what is gone, what is there is not.
    private void MakeWay(ManagedEnvironment environment, Generation before, ImmutableArray<Deviation> deviations, bool ledgerIsLost,
        ImmutableArray<string>.Builder notes)
    {
        // Made from sources that are as they were: it is made once more, and no index is asked.
        foreach (var digest in deviations.Where(f => f.Place == DeviationPlace.ByteCode).Select(f => f.Owner!.Digest).Distinct())
            _store.DropByteCode(digest);
        if (deviations.Any(f => f.Place == DeviationPlace.SecondStage)) context.SecondStage!.Forget();
        notes.AddRange(ShimDirectory.PutAside(environment, before, context.Places));
        PutAsideUnless(FileType.SymbolicLink, environment.CurrentLink, notes);
        if (!ledgerIsLost) return;
        PutAsideUnless(FileType.Regular, environment.LedgerFile, notes);
        var ledger = new EnvironmentLedger(environment) { IsHeld = true };
        ImmutableArray<LedgerLine> lines = ledger.Read();
        if (!ledger.IsWhole) ledger.NoteDamage();
        Generation? last = null;
        int found = 0;
        foreach (int number in environment.Numbers)
        {
            Generation? generation = environment.TryRead(number);
            if (lines.All(l => l.To != number))
            {
                var packages = (generation?.Packages ?? []).Select(p => new SelectedPackage(p, null));
                var changes = Selection.Changes(last, [.. packages])
                    .Select(c => new LedgerChange(c.Name.Normalized, c.Before, c.After, null, null));
                ledger.Announce(new LedgerLine("found", context.Time.GetUtcNow(), context.Author, last?.Number, number,
                    [.. changes], ["its line was lost; told from what was found"], Confirmed: false));
                ledger.Confirm(number);
                found++;
            }
            last = generation ?? last;
        }
        notes.Add(found > 0
            ? $"the ledger had lost {found} of {environment.Numbers.Length} generations; what could be told from them is written down "
                + "again, who made them and when is not known"
            : "lines of the ledger cannot be read; they stay as they are");
    }

    private void PutAsideUnless(FileType type, string path, ImmutableArray<string>.Builder notes)
    {
        if (FileStatus.TryRead(path, out var there) && there.Type != type) notes.Add(Aside.Put(path, context.Places));
    }

    private LedgerLine LineTo(ManagedEnvironment environment, Generation generation) =>
        new("repair", context.Time.GetUtcNow(), context.Author, environment.LinkedNumber, generation.Number, [], [], Confirmed: false);

    // Exactly the wheels that were installed; nothing is chosen.
    private ResolutionProblem ProblemOf(IEnumerable<InstalledPackage> packages) => new()
    {
        Lines = [.. packages.Select(
            p => new RequirementLine(Requirement.Parse($"{p.Name}=={p.Version}"), [p.Digest], IsConstraint: false, "what is installed"))],
        Environment = interpreter.Markers,
        Tags = SupportedTags.Of(interpreter.Target),
        FollowDependencies = false,
        RequireHashes = true,
    };

    private sealed class Unheard : IProgress<int>
    {
        public void Report(int value) { }
    }
}
