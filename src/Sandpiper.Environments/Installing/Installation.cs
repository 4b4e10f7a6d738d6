using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Interpreters;
using Sandpiper.Environments.Places;
using Sandpiper.Environments.Policies;
using Sandpiper.Environments.Store;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Versions;
using Sandpiper.Resolution;

namespace Sandpiper.Environments.Installing;

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

    // What is installed answers for itself, so that adding one package does not ask for the pages of all others. Only when that leads
    // nowhere is everything open to change.
    private async Task<ResolutionResult> ResolveAsync(InstallationRequest request, Generation? before, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        SupportedTags tags = SupportedTags.Of(interpreter.Target);
        ResolutionProblem problem = ProblemOf(request, before, tags);
        var seen = new PackagesSeen(facts);
        Dictionary<PackageName, KnownWheel> known = KnownFor(request, before, tags);
        if (known.Count == 0) return await new Resolver(index).SolveAsync(problem, seen, cancel);

        ResolutionResult quick = await new Resolver(new KnownWheels(index, _store, known)).SolveAsync(problem, seen, cancel);
        return quick is ResolutionResult.Solved ? quick : await new Resolver(index).SolveAsync(problem, seen, cancel);
    }

    private ResolutionProblem ProblemOf(InstallationRequest request, Generation? before, SupportedTags tags)
    {
        var asked = request.Lines.Where(l => !l.IsConstraint).Select(l => l.Requirement.Name).ToHashSet();
        IEnumerable<InstalledPackage> installed = before?.Packages ?? [];
        // What the user asked for earlier still holds, unless he asks for the same package anew.
        IEnumerable<RequirementLine> earlier = !request.FollowDependencies ? [] : installed
            .Where(p => p.IsRequested && !p.IsAlone && p.Requirement is not null && !asked.Contains(p.Name))
            .Select(p => new RequirementLine(Requirement.Parse(p.Requirement!), request.RequireHashes ? [p.Digest] : [], IsConstraint: false, "an earlier install"));
        return new ResolutionProblem
        {
            Lines = [.. request.Lines, .. earlier],
            Preferred = request.UpgradeAll ? ImmutableDictionary<PackageName, Pep440Version>.Empty : installed.Where(p => !request.Upgrade.Contains(p.Name)).ToImmutableDictionary(p => p.Name, p => p.Version),
            Environment = interpreter.Markers,
            Tags = tags,
            FollowDependencies = request.FollowDependencies,
            Prereleases = request.Prereleases ? true : null,
            ExcludeNewer = request.ExcludeNewer,
            RequireHashes = request.RequireHashes,
        };
    }

    private Dictionary<PackageName, KnownWheel> KnownFor(InstallationRequest request, Generation? before, SupportedTags tags)
    {
        var known = new Dictionary<PackageName, KnownWheel>();
        foreach (InstalledPackage package in before?.Packages ?? [])
        {
            if (!request.UpgradeAll && !request.Upgrade.Contains(package.Name) && _store.Find(package.Digest) is { } wheel && Uri.TryCreate(package.Index, UriKind.Absolute, out Uri? origin)) known[package.Name] = new KnownWheel(wheel, origin);
        }
        foreach ((PackageName name, KnownWheel wheel) in new ChosenBefore(places, tags).Find(request.Lines, _store)) known.TryAdd(name, wheel);
        return known;
    }

    private sealed class PackagesSeen(IProgress<InstallationFact> facts) : IProgress<int>
    {
        public void Report(int value) => facts.Report(new InstallationFact.Resolving(value));
    }
}
