using System.Collections.Immutable;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>The search of one resolution: the stack of decisions, and how one is made and taken back.</summary>
internal sealed class Search(ResolutionProblem problem, Projects projects)
{
    private const int MaxReasons = 6;
    private readonly Stack<Frame> _frames = new();
    private readonly ILookup<PackageName, Demand> _constraints = problem.Lines.Where(l => l.IsConstraint && Applies(l, problem) == MarkerResult.True)
        .ToLookup(l => l.Requirement.Name, l => new Demand(l.Requirement, By: null));

    public SearchState State { get; private set; } = SearchState.Empty;

    /// <summary>Takes in what the user asked for; the answer when that is impossible by itself.</summary>
    public ResolutionResult.Unsolvable? Begin()
    {
        foreach (RequirementLine line in problem.Lines.Where(l => !l.IsConstraint))
        {
            MarkerResult applies = Applies(line, problem);
            PackageName name = line.Requirement.Name;
            if (applies == MarkerResult.Undefined) return new(name, [$"the marker of `{line.Requirement}` compares what cannot be compared ({line.Source})"], []);
            if (applies == MarkerResult.False) continue;
            if (line.Requirement.Url is not null) return new(name, [$"`{line.Requirement}` is at an address of its own; only packages of an index are installed"], []);
            if (problem.RequireHashes && line.Hashes.IsEmpty) return new(name, [$"hashes are required, and `{line.Requirement}` has none ({line.Source})"], []);
            var demand = new Demand(line.Requirement, By: null);
            State = State.With(demand);
            projects.Prefetch(demand);
        }
        return null;
    }

    /// <summary>Decides about one package, or goes back; the answer when there is nowhere to go back to.</summary>
    public async Task<ResolutionResult.Unsolvable?> DecideAsync(PackageName name)
    {
        Project project = await projects.Get(name);
        ImmutableArray<Demand> demands = AllDemandsOn(name, State);
        _frames.Push(new Frame(name, State, CandidatesOf(project, demands)));
        if (_frames.Peek().Candidates.IsEmpty)
        {
            _frames.Peek().Culprits.UnionWith(demands.Where(d => d.By is not null).Select(d => d.By!.Value));
            _frames.Peek().Reasons.AddRange(Explaining.WhyNothingFits(project, demands, State, problem));
        }
        else
        {
            // Whoever narrows the choice shares the blame when all that is left fails.
            _frames.Peek().Culprits.UnionWith(demands.Where(d => d.By is not null).Select(d => d.By!.Value));
        }
        return await AdvanceAsync();
    }

    private async Task<ResolutionResult.Unsolvable?> AdvanceAsync()
    {
        while (_frames.TryPeek(out Frame? frame))
        {
            while (frame.Next < frame.Candidates.Length)
            {
                Candidate candidate = frame.Candidates[frame.Next++];
                (SearchState? next, Obstacle? obstacle) = await TryAsync(frame.Before, frame.Name, candidate);
                if (next is not null)
                {
                    State = next;
                    return null;
                }
                frame.Culprits.UnionWith(obstacle!.Culprits);
                AddReason(frame, obstacle.Because);
            }
            _frames.Pop();
            if (BackTo(frame) is { } unsolvable) return unsolvable;
        }
        throw new InvalidOperationException("a search without a frame");
    }

    // Back to the latest decision that is to blame; what lies between would only lead here again.
    private ResolutionResult.Unsolvable? BackTo(Frame failed)
    {
        failed.Culprits.Remove(failed.Name);
        while (_frames.TryPeek(out Frame? frame))
        {
            if (failed.Culprits.Contains(frame.Name))
            {
                frame.Culprits.UnionWith(failed.Culprits);
                frame.Culprits.Remove(frame.Name);
                foreach (string reason in failed.Reasons) AddReason(frame, reason);
                return null;
            }
            _frames.Pop();
        }
        return new ResolutionResult.Unsolvable(failed.Name, [.. failed.Reasons.DefaultIfEmpty($"every version of {failed.Name} contradicts something else that was asked for")], Explaining.Hints(failed.Name));
    }

    private static void AddReason(Frame frame, string reason)
    {
        if (frame.Reasons.Count < MaxReasons && !frame.Reasons.Contains(reason, StringComparer.Ordinal)) frame.Reasons.Add(reason);
    }

    /// <summary>The state after choosing a candidate, or what stands in the way.</summary>
    private async Task<(SearchState? Next, Obstacle? Obstacle)> TryAsync(SearchState state, PackageName name, Candidate candidate)
    {
        state = state.With(name, candidate);
        var work = new Queue<PackageName>([name]);
        var expanded = new HashSet<Demand>();
        while (problem.FollowDependencies && work.TryDequeue(out PackageName owner))
        {
            (ImmutableArray<Demand> needs, string? unusable) = await NeedsOfAsync(owner, state.Chosen[owner], state.ExtrasOf(owner));
            if (unusable is not null) return (null, new Obstacle(owner == name ? [] : [owner], unusable));
            foreach (Demand demand in needs)
            {
                if (!expanded.Add(demand) || state.DemandsOn(demand.Name).Contains(demand)) continue;
                ImmutableHashSet<PackageName> extrasBefore = state.ExtrasOf(demand.Name);
                state = state.With(demand);
                projects.Prefetch(demand);
                if (!state.Chosen.TryGetValue(demand.Name, out Candidate? chosen)) continue;
                if (!demand.Requirement.Specifiers.Contains(chosen.Version)) return (null, await BlameAsync(state, demand, chosen));
                // More extras of a package that is decided already bring more needs of it.
                if (!state.ExtrasOf(demand.Name).SetEquals(extrasBefore)) work.Enqueue(demand.Name);
            }
        }
        return (state, null);
    }

    // When no version at all would satisfy everybody, another choice of that package is no way out: its demanders are to blame.
    private async Task<Obstacle> BlameAsync(SearchState state, Demand demand, Candidate chosen)
    {
        Project project = await projects.Get(demand.Name);
        ImmutableArray<Demand> demands = AllDemandsOn(demand.Name, state);
        bool hopeless = CandidatesOf(project, demands).IsEmpty;
        ImmutableHashSet<PackageName> culprits = [.. demands.Where(d => d.By is not null).Select(d => d.By!.Value)];
        Demand? other = demands.FirstOrDefault(d => d != demand && !d.Requirement.Specifiers.Clauses.IsEmpty);
        string because = other is null
            ? $"{demand.Words(state)}, and {demand.Name} {chosen.Version} was chosen"
            : $"{demand.Words(state)}, but {other.Words(state)}";
        return new Obstacle(hopeless ? culprits : culprits.Add(demand.Name), because);
    }

    private async Task<(ImmutableArray<Demand> Needs, string? Unusable)> NeedsOfAsync(PackageName name, Candidate candidate, ImmutableHashSet<PackageName> extras)
    {
        CoreMetadata metadata;
        try
        {
            metadata = await projects.MetadataOf(candidate);
        }
        catch (UnreadableMetadataException error)
        {
            return ([], $"{name} {candidate.Version} cannot be used: {error.Message}");
        }
        if (metadata.RequiresPython is { } python && Pep440Version.TryParse(problem.Environment.PythonFullVersion.TrimEnd('+'), out Pep440Version have, out _) && !python.Contains(have))
        {
            return ([], $"{name} {candidate.Version} needs Python {python}");
        }
        var needs = ImmutableArray.CreateBuilder<Demand>();
        foreach (Requirement requirement in metadata.RequiresDist)
        {
            MarkerResult applies = requirement.Marker?.Evaluate(problem.Environment, extras) ?? MarkerResult.True;
            if (applies == MarkerResult.Undefined) return ([], $"{name} {candidate.Version} has a marker that compares what cannot be compared: `{requirement}`");
            if (applies == MarkerResult.False) continue;
            if (requirement.Url is not null) return ([], $"{name} {candidate.Version} needs `{requirement.Name}` from an address of its own, which is not followed");
            needs.Add(new Demand(requirement, name));
        }
        return (needs.DrainToImmutable(), null);
    }

    // The installed version first, so that nothing changes needlessly; then releases, newest first; pre-releases when nothing else fits.
    private ImmutableArray<Candidate> CandidatesOf(Project project, ImmutableArray<Demand> demands)
    {
        if (problem.RequireHashes && !problem.Lines.Any(l => l.Requirement.Name == project.Name && !l.Hashes.IsEmpty)) return [];
        List<Candidate> fitting = [];
        foreach (Pep440Version version in project.Versions)
        {
            if (demands.All(d => d.Requirement.Specifiers.Contains(version)) && project.Judge(version).Candidate is { } candidate) fitting.Add(candidate);
        }
        bool anyRelease = fitting.Exists(c => !c.Version.IsPrerelease);
        bool named = demands.Any(d => d.Requirement.Specifiers.NamesPrerelease);
        IEnumerable<Candidate> ordered = problem.Prereleases switch
        {
            true => fitting,
            false => fitting.Where(c => !c.Version.IsPrerelease),
            _ => !anyRelease ? fitting : named ? fitting.OrderBy(c => c.Version.IsPrerelease) : fitting.Where(c => !c.Version.IsPrerelease),
        };
        if (problem.Preferred.TryGetValue(project.Name, out Pep440Version preferred) && fitting.Find(c => c.Version == preferred) is { } kept)
        {
            ordered = ordered.Where(c => c != kept).Prepend(kept);
        }
        return [.. ordered];
    }

    private ImmutableArray<Demand> AllDemandsOn(PackageName name, SearchState state) => [.. state.DemandsOn(name), .. _constraints[name]];

    private static MarkerResult Applies(RequirementLine line, ResolutionProblem problem) => line.Requirement.Marker?.Evaluate(problem.Environment, []) ?? MarkerResult.True;
}
