using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies.Waivers;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>From sealed wheels to the current generation: judged, composed beside its place, announced, renamed into place, switched, confirmed.</summary>
/// <remarks>The environment's lock is held by the caller.</remarks>
internal sealed class Succession(ManagedEnvironment environment, DataPlaces places, Interpreter interpreter, WaiverFile waivers, TimeProvider time, string executable)
{
    /// <exception cref="PackageRefusedException">A hook that nobody allowed, files of two owners, a shadowed standard library.</exception>
    public EnvironmentChange Become(
        string command, Generation? before, ImmutableArray<SelectedPackage> selected, IReadOnlyDictionary<PackageName, SealedWheel> wheels, bool leaveHooksOut, Staging staging, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        var hooks = new StartUpHooks(waivers, leaveHooksOut);
        ImmutableArray<ComposedPackage> packages = [.. selected.Select(s => HookJudgement.Judge(s.Facts with { Digest = wheels[s.Name].Digest }, wheels[s.Name], hooks))];
        int number = environment.Numbers.DefaultIfEmpty(0).Max() + 1;
        string work = staging.NewDirectory(), place = environment.DirectoryOf(number);
        Generation next = Compose(packages, number, work, place, cancel);

        selected = [.. selected.Zip(packages).Select(p => p.First with { Facts = p.Second.Facts })];
        ImmutableArray<PackageChange> changes = Selection.Changes(before, selected);
        cancel.ThrowIfCancellationRequested();
        var ledger = new EnvironmentLedger(environment);
        ledger.Announce(new LedgerLine(command, time.GetUtcNow(), Author.Name, before?.Number, number, LedgerChangesOf(changes, next), OverridesOf(next, leaveHooksOut), Confirmed: false));
        Directory.Move(work, place);
        Directory.SetLastWriteTimeUtc(place, SealedTree.SealTime);
        File.SetUnixFileMode(place, SealedTree.DirectoryMode);
        environment.Switch(number);
        ledger.Confirm(number);
        ImmutableArray<string> notes = Shims.Refresh(environment, next, places, executable);
        return new EnvironmentChange(number, IsNew: true, changes, next.Packages.Length, Stopwatch.GetElapsedTime(started)) { Notes = notes };
    }

    private Generation Compose(ImmutableArray<ComposedPackage> packages, int number, string work, string place, CancellationToken cancel)
    {
        var waived = packages.SelectMany(p => waivers.RulesFor(p.Facts.Name, p.Facts.Version).Select(rule => (p.Facts.Name, rule))).ToHashSet();
        try
        {
            return new GenerationComposer(interpreter, work, place).Compose(environment.Name, number, packages, waived, time.GetUtcNow(), cancel);
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
