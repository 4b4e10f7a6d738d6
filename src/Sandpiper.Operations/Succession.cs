using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>From sealed wheels to the current generation: judged, composed beside its place, announced, renamed into place, switched, confirmed.</summary>
/// <remarks>The environment's lock is held by the caller.</remarks>
internal sealed class Succession(ManagedEnvironment environment, DataPlaces places, Interpreter interpreter, Policy policy, TimeProvider time, string executable)
{
    /// <exception cref="RefusedException">A hook that nobody allowed, files of two owners, a shadowed standard library.</exception>
    public EnvironmentChange Become(
        string command, Generation? before, ImmutableArray<SelectedPackage> selected, IReadOnlyDictionary<PackageName, SealedWheel> wheels, Staging staging, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        ImmutableArray<ComposedPackage> packages = [.. selected.Select(s => WithStanding(Judgement.Judge(s.Facts, wheels[s.Name], policy), before))];
        int number = environment.Numbers.DefaultIfEmpty(0).Max() + 1;
        string work = staging.NewDirectory(), place = environment.DirectoryOf(number);
        Generation next = Compose(packages, number, work, place, cancel);

        var recorded = next.Packages.ToDictionary(p => p.Name);
        selected = [.. selected.Select(s => s with { Facts = recorded[s.Name] })];
        ImmutableArray<PackageChange> changes = Selection.Changes(before, selected);
        cancel.ThrowIfCancellationRequested();
        var ledger = new EnvironmentLedger(environment);
        ledger.Announce(new LedgerLine(command, time.GetUtcNow(), Author.Name, before?.Number, number, LedgerChangesOf(changes, next), OverridesOf(next, policy.OmitHooks), Confirmed: false));
        Directory.Move(work, place);
        Directory.SetLastWriteTimeUtc(place, SealedTree.SealTime);
        File.SetUnixFileMode(place, SealedTree.DirectoryMode);
        environment.Switch(number);
        ledger.Confirm(number);
        ImmutableArray<string> notes = Shims.Refresh(environment, next, places, executable);
        return new EnvironmentChange(number, IsNew: true, changes, next.Packages.Length, Stopwatch.GetElapsedTime(started)) { Notes = notes };
    }

    private Generation Compose(ImmutableArray<ComposedPackage> packages, int number, string work, string place, CancellationToken cancel) =>
        new GenerationComposer(interpreter, work, place).Compose(environment.Name, number, packages, policy, time.GetUtcNow(), cancel);

    private ComposedPackage WithStanding(ComposedPackage package, Generation? before)
    {
        InstalledPackage facts = package.Facts;
        if (before?.Packages.FirstOrDefault(p => p.Name == facts.Name) is not { } was)
            return package with { Standing = facts.IsRequested ? Standing.Asked : Standing.Needed };
        if (was.Digest == facts.Digest) return package with { Standing = Standing.Kept };
        // Where its old wheel is gone nobody can say what was its own: then all of it is new.
        return package with { Standing = Standing.Changed, Before = TryFind(was) is { } wheel ? (wheel, was) : null };
    }

    private SealedWheel? TryFind(InstalledPackage package)
    {
        try
        {
            return new WheelStore(places.Root).Find(package.Digest);
        }
        catch (StoreDamagedException)
        {
            return null;
        }
    }

    private static ImmutableArray<LedgerChange> LedgerChangesOf(ImmutableArray<PackageChange> changes, Generation next)
    {
        var packages = next.Packages.ToDictionary(p => p.Name);
        return [.. changes.Select(c => new LedgerChange(c.Name.Normalized, c.Before, c.After, c.After is null ? null : packages[c.Name].Digest.Hex, c.After is null ? null : packages[c.Name].Index))];
    }

    /// <summary>What is in a generation against a rule, as the ledger tells it.</summary>
    internal static ImmutableArray<string> OverridesOf(Generation next, bool leaveHooksOut) =>
    [
        .. next.Packages.SelectMany(p => p.Accepted.Select(a => $"allowed {p.Name} {p.Version}: {a.Rule} {a.Path}{(a.Others > 0 ? $" and {a.Others} more" : "")}")),
        .. leaveHooksOut ? next.Packages.SelectMany(p => p.OmittedHooks.Select(h => $"left out {p.Name} {p.Version}: {h}")) : [],
    ];
}
