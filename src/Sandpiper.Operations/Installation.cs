using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Indexes;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;
using Sandpiper.Resolution;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>The corridor: from what was asked to the next generation of an environment, all or nothing.</summary>
/// <param name="executable">This program, for the shims.</param>
public sealed class Installation(ManagedEnvironment environment, DataPlaces places, Interpreter interpreter, IPackageIndex index, TimeProvider time, string executable)
{
    private readonly WheelStore _store = new(places.Root);

    /// <summary>Requirements, resolution, plan, acquire, seal, judge, compose, switch: data flows one way, and nothing before the switch is visible.</summary>
    /// <exception cref="RefusedException">A package was refused; nothing was changed.</exception>
    /// <exception cref="IndexException">The index failed, or gave what cannot be trusted; nothing was changed.</exception>
    public async Task<InstallationOutcome> InstallAsync(InstallationRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        try
        {
            return await BecomeAsync(request, facts, cancel);
        }
        catch (RefusedException refused)
        {
            new RefusedBefore(places.Cache).Keep(refused.Refusal);
            throw;
        }
    }

    private async Task<InstallationOutcome> BecomeAsync(InstallationRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        request = request.For(interpreter.Markers);
        using EnvironmentLock held = environment.Lock(() => facts.Report(new InstallationFact.Waiting(environment.Name)), cancel);
        Generation? before = environment.Current is { } number ? environment.Read(number) : null;
        Policy policy = new(new WaiverFile(places.Root).List(), environment.Name, time.GetUtcNow()) { OmitHooks = request.LeaveHooksOut };

        long started = Stopwatch.GetTimestamp();
        ResolutionResult resolution = await ResolveAsync(request, before, facts, cancel);
        if (resolution is ResolutionResult.Unsolvable why) return new InstallationOutcome.Unsolvable(why);
        ImmutableArray<SelectedPackage> selected = Selection.Of(request, ((ResolutionResult.Solved)resolution).Pins, before);
        facts.Report(new InstallationFact.Resolved(selected.Length, Stopwatch.GetElapsedTime(started)));

        if (request.DryRun || (Selection.IsSame(before, selected) && !selected.Any(s => IsJudgedOtherwise(s, policy))))
        {
            return new InstallationOutcome.Changed(new EnvironmentChange(before?.Number, IsNew: false, Selection.Changes(before, selected), selected.Length, TimeSpan.Zero));
        }
        using var staging = Staging.Create(places.Root);
        IReadOnlyDictionary<PackageName, SealedWheel> wheels = await new Acquisition(_store, index, policy, request.Limits, staging, facts).AcquireAsync(selected, cancel);
        new ChosenBefore(places, SupportedTags.Of(interpreter.Target)).Keep(request.Lines, selected, wheels);
        var succession = new Succession(environment, places, interpreter, policy, time, executable);
        try
        {
            return new InstallationOutcome.Changed(succession.Become("install", before, selected, wheels, staging, cancel));
        }
        catch (StoreDamagedException damaged)
        {
            // Not mended silently: the user is told, and the same command asked again fetches what was sealed.
            _store.Discard(damaged.Digest, staging);
            throw;
        }
    }

    // A hook was left out and the user has allowed one since, or what he allowed no longer is.
    private static bool IsJudgedOtherwise(SelectedPackage package, Policy policy) =>
        (!policy.OmitHooks && !package.Facts.OmittedHooks.IsEmpty && policy.AllowsHookOf(package.Facts.Digest))
        || !policy.StillAccepts(package.Facts.Digest, package.Facts.Accepted);

    private Task<ResolutionResult> ResolveAsync(
        InstallationRequest request, Generation? before, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        SupportedTags tags = SupportedTags.Of(interpreter.Target);
        var chosen = new ChosenBefore(places, tags).Find(request.Lines, _store);
        return new EnvironmentResolution(request, before, interpreter.Markers, tags, index, _store, chosen)
            .SolveAsync(new PackagesSeen(facts), cancel);
    }

    private sealed class PackagesSeen(IProgress<InstallationFact> facts) : IProgress<int>
    {
        public void Report(int value) => facts.Report(new InstallationFact.Resolving(value));
    }
}
