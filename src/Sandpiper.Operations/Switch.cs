using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies.Waivers;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// From a plan to the current generation: judged, composed beside its place, announced, renamed into place, switched, confirmed.
/// </summary>
internal sealed class Switch(OperationContext context, Operation operation, Interpreter interpreter, WaiverFile waivers)
{
    /// <exception cref="PackageRefusedException">A hook that nobody allowed, files of two owners, a shadowed standard library.</exception>
    /// <exception cref="StoreDamagedException">The store no longer holds what was sealed.</exception>
    /// <exception cref="ChangeUnfinishedException">
    /// It is current, but something that follows failed. With any other exception nothing has changed.
    /// </exception>
    public EnvironmentChange To(Plan plan, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        var hooks = new StartUpHooks(waivers, plan.LeaveHooksOut);
        ImmutableArray<ComposedPackage> packages =
            [.. plan.Packages.Select(s => HookJudgement.Judge(s.Facts with { Digest = plan.Wheels[s.Name].Digest }, plan.Wheels[s.Name], hooks))];
        int number = operation.NextNumber;
        string work = operation.Staging.NewDirectory(), place = operation.Environment.DirectoryOf(number);
        Generation next = Compose(packages, number, work, place, cancel);

        ImmutableArray<SelectedPackage> judged = [.. plan.Packages.Zip(packages).Select(p => p.First with { Facts = p.Second.Facts })];
        ImmutableArray<PackageChange> changes = Selection.Changes(plan.Before, judged);
        cancel.ThrowIfCancellationRequested();
        var line = new LedgerLine(
            plan.Command, context.Time.GetUtcNow(), context.Author, plan.Before?.Number, number,
            LedgerChangesOf(changes, next), OverridesOf(next, plan.LeaveHooksOut), Confirmed: false);
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
