using System.Collections.Immutable;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Resolution;

/// <summary>Chooses one version of every package: newest first, taking back a choice that leads nowhere.</summary>
/// <remarks>
/// Backtracking that jumps: a dead end knows whose decisions caused it (its culprits) and goes back to the latest of them, because changing
/// anything in between changes nothing. Decisions are made one after the other, so the same problem has the same solution; only fetching
/// runs ahead.
/// </remarks>
public sealed class Resolver(IPackageIndex index)
{
    private const int MaxSteps = 500_000;

    /// <exception cref="IndexException">The index failed.</exception>
    public async Task<ResolutionResult> SolveAsync(ResolutionProblem problem, IProgress<int>? packagesSoFar, CancellationToken cancel)
    {
        using var projects = new Projects(index, problem, cancel);
        var search = new Search(problem, projects);
        if (search.Begin() is { } impossible) return impossible;

        for (int step = 0; step < MaxSteps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            packagesSoFar?.Report(projects.Count);
            if (search.State.Undecided() is not { } name) return new ResolutionResult.Solved(await PinsAsync(problem, search.State, projects));
            if (await search.DecideAsync(name) is { } unsolvable) return unsolvable;
        }
        return new ResolutionResult.Unsolvable(problem.Lines[0].Requirement.Name, [$"no solution was found within {MaxSteps} steps"], []);
    }

    private static async Task<ImmutableArray<Pin>> PinsAsync(ResolutionProblem problem, SearchState state, Projects projects)
    {
        var pins = ImmutableArray.CreateBuilder<Pin>();
        foreach (PackageName name in state.Chosen.Keys.Order())
        {
            Candidate candidate = state.Chosen[name];
            CoreMetadata metadata = await projects.MetadataOf(candidate);
            ImmutableArray<Sha256Digest> hashes = [.. problem.Lines.Where(l => l.Requirement.Name == name).SelectMany(l => l.Hashes)];
            ImmutableArray<PackageName> extras = [.. state.ExtrasOf(name).Order()];
            pins.Add(new Pin(
                candidate.Wheel, candidate.File,
                !hashes.IsEmpty ? hashes : candidate.File.Sha256 is { } digest ? [digest] : [],
                metadata, extras,
                [.. state.DemandsOn(name).Where(d => d.By is not null && d.By != name).Select(d => d.By!.Value).Distinct().Order()],
                state.DemandsOn(name).Any(d => d.By is null),
                NotesOf(candidate, metadata, extras)));
        }
        return pins.DrainToImmutable();
    }

    private static ImmutableArray<string> NotesOf(Candidate candidate, CoreMetadata metadata, ImmutableArray<PackageName> extras) =>
    [
        .. candidate.File.YankedReason is { } reason ? [$"this version was yanked{(reason.Length > 0 ? $": {reason}" : "")}"] : ImmutableArray<string>.Empty,
        .. extras.Where(e => !metadata.ProvidesExtra.Contains(e)).Select(e => $"it has no extra `{e}`"),
    ];
}
