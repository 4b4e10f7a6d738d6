using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Interpreters;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Places;
using Sandpiper.Environments.Policies;
using Sandpiper.Environments.Store;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Installing;

/// <summary>From sealed wheels to the current generation: judged, composed beside its place, announced, renamed into place, switched, confirmed.</summary>
internal sealed class Succession(OperationContext context, Operation operation, Interpreter interpreter, WaiverFile waivers)
{
    /// <exception cref="PackageRefusedException">A hook that nobody allowed, files of two owners, a shadowed standard library.</exception>
    public EnvironmentChange Become(
        string command, Generation? before, ImmutableArray<SelectedPackage> selected, IReadOnlyDictionary<PackageName, SealedWheel> wheels, bool leaveHooksOut, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        var hooks = new StartUpHooks(waivers, leaveHooksOut);
        ImmutableArray<ComposedPackage> packages = [.. selected.Select(s => HookJudgement.Judge(s.Facts with { Digest = wheels[s.Name].Digest }, wheels[s.Name], hooks))];
        int number = operation.NextNumber;
        string work = operation.Staging.NewDirectory(), place = operation.Environment.DirectoryOf(number);
        Generation next = Compose(packages, number, work, place, cancel);

        selected = [.. selected.Zip(packages).Select(p => p.First with { Facts = p.Second.Facts })];
        ImmutableArray<PackageChange> changes = Selection.Changes(before, selected);
        cancel.ThrowIfCancellationRequested();
        var line = new LedgerLine(
            command, context.Time.GetUtcNow(), context.Author, before?.Number, number, LedgerChangesOf(changes, next), OverridesOf(next, leaveHooksOut), Confirmed: false);
        ImmutableArray<string> notes = operation.SwitchToNew(work, next, line);
        return new EnvironmentChange(number, IsNew: true, changes, next.Packages.Length, Stopwatch.GetElapsedTime(started)) { Notes = notes };
    }

    private Generation Compose(ImmutableArray<ComposedPackage> packages, int number, string work, string place, CancellationToken cancel)
    {
        var waived = packages.SelectMany(p => waivers.RulesFor(p.Facts.Name, p.Facts.Version).Select(rule => (p.Facts.Name, rule))).ToHashSet();
        try
        {
            return new GenerationComposer(interpreter, work, place).Compose(operation.Environment.Name, number, packages, waived, context.Time.GetUtcNow(), cancel);
        }
        catch (CompositionRefusedException refusal)
        {
            throw new PackageRefusedException(refusal.Name, refusal.Version, refusal.Rule, $"{refusal.Because}: `{refusal.Path}`", null, refusal) { MayBeAllowed = true };
        }
    }

    private static ImmutableArray<LedgerChange> LedgerChangesOf(ImmutableArray<PackageChange> changes, Generation next)
    {
        var packages = next.Packages.ToDictionary(p => p.Name);
        return [.. changes.Select(c => new LedgerChange(c.Name.Normalized, c.Before, c.After, c.After is null ? null : packages[c.Name].Digest.Hex, c.After is null ? null : packages[c.Name].Index))];
    }

    private static ImmutableArray<string> OverridesOf(Generation next, bool leaveHooksOut) =>
    [
        .. next.Packages.SelectMany(p => p.AllowedHooks.Select(h => $"allowed {p.Name} {p.Version}: {h}")),
        .. leaveHooksOut ? next.Packages.SelectMany(p => p.OmittedHooks.Select(h => $"left out {p.Name} {p.Version}: {h}")) : [],
    ];
}
