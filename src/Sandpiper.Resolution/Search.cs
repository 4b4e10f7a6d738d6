using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Resolution;

/// <summary>Conflict-directed backjumping over packages (Prosser 1993): a depth-first search that knows whom to blame.</summary>
/// <remarks>
/// <para>
/// A decision gives one package one release; its level is its place on the stack. Each demand remembers the levels without which it would
/// not have been made, the user's own words none. When a release contradicts something, the levels behind the contradiction are the blame.
/// When nothing is left to try for a package, no solution has all the decisions it blames, so the search goes back to the latest of these
/// and hands the rest of the blame on; what lies between cannot help. With nobody left to blame there is no solution at all.
/// </para>
/// <para>
/// A release that is rejected without blaming anybody is ruled out for good. That is what makes it cheap to go through a thousand versions
/// of a package whose newer ones all need what the user excluded.
/// </para>
/// <para>
/// Levels and releases are finite and no pair is tried twice under the same earlier decisions, so the search ends; and as blame is only
/// ever too large, never too small, it misses no solution. One exception is accepted: a marker such as <c>extra != "x"</c> can make a
/// requirement disappear when an extra is asked for later; the requirement is obeyed all the same.
/// </para>
/// </remarks>
internal sealed class Search(ResolutionProblem problem, Projects projects)
{
    private const int MaxSteps = 200_000;   // releases tried: some seconds. Real sets need at most a few thousand.
    private const int MaxLookedAt = 5_000;  // releases of one project; those with the longest lists have about two thousand
    private const int MaxUnusable = 200;    // of these with METADATA that is none: then the index is broken, or somebody wastes our time

    private readonly Dictionary<PackageName, Slot> _slots = [];
    private readonly List<Slot> _wanted = [];       // in the order in which they were first asked for
    private readonly List<Decision> _decisions = [];
    private int _steps;
    private Slot? _stubborn;    // of which most choices were taken back

    /// <summary>Decided packages of a solution, or null when there is none; then <see cref="Why"/> says why.</summary>
    public async Task<IReadOnlyList<Decision>?> RunAsync(IProgress<int>? packagesSoFar, CancellationToken cancel)
    {
        foreach (RequirementLine line in problem.Lines)
        {
            if (UserWords.Applies(line, problem) == MarkerResult.True) Add(Demand.OfUser(line), trail: null);
        }
        while (Next() is { } slot)
        {
            if (!await DecideAsync(slot, cancel)) return null;
            packagesSoFar?.Report(_decisions.Count);
        }
        return _decisions;
    }

    /// <summary>Why there is no solution, or none was found; null while nobody knows.</summary>
    public ResolutionResult.Unsolvable? Why { get; private set; }

    private Slot? Next()
    {
        projects.Effort.Spend(_wanted.Count);
        return _wanted.Find(slot => slot.Decision is null && slot.IsNailedDown) ?? _wanted.Find(slot => slot.Decision is null);
    }

    private async Task<bool> DecideAsync(Slot slot, CancellationToken cancel)
    {
        Decision? decision = await OpenAsync(slot);
        while (!await AdvanceAsync(decision, cancel))
        {
            if (Why is not null) return false;
            DeadEnd end = EndOf(decision.Slot, decision);
            int culprit = decision.Blame.Max;
            if (culprit < 0)
            {
                Why = Explanation.Of(end);
                return false;
            }
            decision = GoBackTo(culprit, decision.Blame.Without(culprit), end);
        }
        return true;
    }

    private static DeadEnd EndOf(Slot slot, Decision? decision) =>
        new(slot.Project!, [.. slot.Demands], decision?.Rejections ?? new Dictionary<int, Rejection>());

    // What is looked at is made by others, who may see to it that there is no end: then it is said that nobody knows, and over what.
    private bool GivesUp(Slot slot)
    {
        Project project = slot.Project!;
        (SearchLimit Limit, Slot Over, int Versions)? reached =
            project.Unusable >= MaxUnusable ? (SearchLimit.UnusableMetadata, slot, project.Unusable)
            : project.LookedAt >= MaxLookedAt ? (SearchLimit.Versions, slot, project.LookedAt)
            : _steps >= MaxSteps || projects.Effort.IsSpent ? (SearchLimit.Combinations, _stubborn ?? slot, _steps)
            : null;
        if (reached is { } limit) Why ??= Explanation.OfGivingUp(limit.Limit, EndOf(limit.Over, limit.Over.Decision), limit.Versions);
        return Why is not null;
    }

    // What may be tried, and who is to blame for what may not: whoever asked first, because nobody else would have to be obeyed otherwise.
    private async Task<Decision> OpenAsync(Slot slot)
    {
        Project project = await ProjectOf(slot);
        BitSet left = project.Alive.Clone();
        BitSet blame = slot.Demands.First(demand => !demand.IsLimit).Levels.Clone();
        foreach (Demand demand in slot.Demands)
        {
            if (left.IntersectWith(project.Fitting(demand.Requirement.Specifiers))) blame.UnionWith(demand.Levels);
        }
        return new Decision(slot, _decisions.Count + 1, left, blame);
    }

    /// <summary>Takes the next release that contradicts nothing; false when there is none.</summary>
    private async Task<bool> AdvanceAsync(Decision decision, CancellationToken cancel)
    {
        Project project = decision.Slot.Project!;
        for (int place = decision.Left.First(from: 0); place >= 0; place = decision.Left.First(place + 1))
        {
            cancel.ThrowIfCancellationRequested();
            if (GivesUp(decision.Slot)) return false;
            _steps++;
            projects.PrefetchBehind(project, decision.Left, place);
            decision.Left.Remove(place);
            if (await IsUsableAsync(project, place) && await TakeAsync(decision, place)) return true;
        }
        // What was not looked at any more rules nothing out.
        if (projects.Effort.IsSpent) _ = GivesUp(decision.Slot);
        return false;
    }

    /// <summary>Whether the release by itself is one that can be installed here.</summary>
    private async Task<bool> IsUsableAsync(Project project, int place)
    {
        Release release = project.Releases[place];
        if (project.RejectionOf(place) is not null) return false;
        Obstacle? obstacle = project.Judge(release).Obstacle;
        if (obstacle is null)
        {
            ReleaseMetadata metadata = await projects.MetadataOf(release);
            obstacle = metadata.Obstacle;
            if (!release.IsLookedAt) project.LookedAt++;
            if (!release.IsLookedAt) projects.Effort.Spend(metadata.Steps);
            if (!release.IsLookedAt && metadata.IsUnusable) project.Unusable++;
            if (obstacle is not null) project.Rejections++;
            release.IsLookedAt = true;
        }
        if (obstacle is not null) project.RuleOut(place, new Rejection(obstacle));
        return obstacle is null;
    }

    /// <summary>Makes the decision, with all demands that follow from it; takes it back when one of them cannot be met.</summary>
    private async Task<bool> TakeAsync(Decision decision, int place)
    {
        decision.Current = place;
        decision.Slot.Decision = decision;
        _decisions.Add(decision);
        var pending = new Queue<Demand>();
        Contradiction? contradiction = await ExpandAsync(decision, before: null, new BitSet().With(decision.Level), pending);
        while (contradiction is null && pending.TryDequeue(out Demand? demand))
        {
            if (projects.Effort.IsSpent) contradiction = new Contradiction(new BitSet(), new Rejection(new Obstacle.NotLookedAt()));
            else contradiction = await MeetAsync(demand, decision, pending);
        }
        if (contradiction is null) return true;
        Undo(decision);
        Reject(decision, contradiction);
        return false;
    }

    /// <summary>Queues what a chosen release needs, and did not need with the extras <paramref name="before"/> (null: anything).</summary>
    private async Task<Contradiction?> ExpandAsync(
        Decision chosen, IReadOnlySet<PackageName>? before, BitSet levels, Queue<Demand> pending)
    {
        if (!problem.FollowDependencies) return null;
        ReleaseMetadata metadata = await projects.MetadataOf(chosen.Release);
        IReadOnlySet<PackageName> extras = chosen.Slot.Extras;
        Needs bare = metadata.With([]), needs = metadata.With(extras);
        // With extras, those who asked for them are to blame for what follows, too.
        BitSet behindExtras = levels;
        if (!ReferenceEquals(needs, bare))
        {
            behindExtras = levels.Clone();
            foreach (Demand demand in chosen.Slot.Demands.Where(demand => !demand.Requirement.Extras.IsEmpty))
                behindExtras.UnionWith(demand.Levels);
        }
        if (needs.Obstacle is { } obstacle)
            return new Contradiction(bare.Obstacle is null ? behindExtras : levels, new Rejection(obstacle));
        HashSet<Requirement>? known = before is null ? null : Set(metadata.With(before));
        HashSet<Requirement>? always = ReferenceEquals(needs, bare) ? null : Set(bare);
        foreach (Requirement need in needs.All)
        {
            if (known?.Contains(need) == true) continue;
            BitSet behind = always?.Contains(need) == false ? behindExtras : levels;
            pending.Enqueue(Demand.OfRelease(chosen.Slot.Name, chosen.Release.Version, need, behind));
        }
        return null;

        static HashSet<Requirement> Set(Needs needs) => new(needs.All, ReferenceEqualityComparer.Instance);
    }

    /// <summary>Adds a demand unless it cannot be met together with what is demanded and decided already.</summary>
    private async Task<Contradiction?> MeetAsync(Demand demand, Decision maker, Queue<Demand> pending)
    {
        Slot slot = SlotOf(demand.Requirement.Name);
        projects.Effort.Spend(slot.Weight);
        if (slot.Demands.Count > 0 && await ContradictionAsync(demand, slot) is { } contradiction) return contradiction;

        IReadOnlySet<PackageName> before = slot.Extras;
        Add(demand, maker.Trail);
        bool bringsExtras = slot.Decision is not null && demand.Requirement.Extras.Any(extra => !before.Contains(extra));
        return bringsExtras ? await ExpandAsync(slot.Decision!, before, demand.Levels.With(slot.Decision!.Level), pending) : null;
    }

    // First whether any release would satisfy all demands, the earliest first: then the blame is small and often nobody's.
    private async Task<Contradiction?> ContradictionAsync(Demand demand, Slot slot)
    {
        Project project = await ProjectOf(slot);
        BitSet fitting = project.Fitting(demand.Requirement.Specifiers), left = project.Alive.Clone(), blame = demand.Levels.Clone();
        projects.Effort.Spend((1L + slot.Demands.Count) * (1 + (project.Releases.Length / 64)));
        left.IntersectWith(fitting);
        if (left.IsEmpty) return new Contradiction(blame, NothingFits(demand, project));
        foreach (Demand other in slot.Demands)
        {
            if (!left.IntersectWith(project.Fitting(other.Requirement.Specifiers))) continue;
            blame.UnionWith(other.Levels);
            if (left.IsEmpty) return new Contradiction(blame, new Rejection(new Obstacle.Against(demand.Requirement, other.Ask)));
        }
        if (slot.Decision is not { } decision || fitting.Contains(decision.Current)) return null;
        return new Contradiction(
            demand.Levels.With(decision.Level), new Rejection(new Obstacle.AgainstChoice(demand.Requirement, decision.Release.Version)));
    }

    /// <summary>Takes back everything above a level, and the choice made there.</summary>
    private Decision GoBackTo(int level, BitSet blame, DeadEnd end)
    {
        while (_decisions.Count > level) Undo(_decisions[^1]);
        Decision decision = _decisions[^1];
        Demand? demand = end.Demands.FirstOrDefault(demand => demand.Ask.By?.Name == decision.Slot.Name);
        Undo(decision);
        Obstacle obstacle = demand is null ? new Obstacle.LeadsToNothing(end.Project.Name) : new Obstacle.NothingFits(demand.Requirement);
        Reject(decision, new Contradiction(blame, new Rejection(obstacle, end)));
        return decision;
    }

    private void Reject(Decision decision, Contradiction contradiction)
    {
        Project project = decision.Slot.Project!;
        BitSet others = contradiction.Blame.Without(decision.Level);
        if (others.IsEmpty) project.RuleOut(decision.Current, contradiction.Rejection);
        decision.Rejections[decision.Current] = contradiction.Rejection;
        decision.Blame.UnionWith(others);
        project.Rejections++;
        if (_stubborn is null || project.Rejections > _stubborn.Project!.Rejections) _stubborn = decision.Slot;
    }

    private void Add(Demand demand, List<Slot>? trail)
    {
        Slot slot = SlotOf(demand.Requirement.Name);
        if (!demand.IsLimit && !slot.IsWanted) _wanted.Add(slot);
        slot.Add(demand);
        trail?.Add(slot);
        if (!demand.IsLimit) projects.Prefetch(demand.Requirement);
    }

    private void Undo(Decision decision)
    {
        foreach (Slot slot in decision.Trail.AsEnumerable().Reverse())
        {
            slot.RemoveLast();
            if (!slot.IsWanted) _wanted.Remove(slot);
        }
        decision.Trail.Clear();
        decision.Slot.Decision = null;
        _decisions.Remove(decision);
    }

    private Slot SlotOf(PackageName name)
    {
        if (!_slots.TryGetValue(name, out Slot? slot)) _slots.Add(name, slot = new Slot(name));
        return slot;
    }

    private async Task<Project> ProjectOf(Slot slot) => slot.Project ??= await projects.Get(slot.Name);

    private static Rejection NothingFits(Demand demand, Project project) =>
        new(new Obstacle.NothingFits(demand.Requirement), new DeadEnd(project, [demand], new Dictionary<int, Rejection>()));

    /// <summary>Two things that cannot both be: who is behind them, and how it is told of the release that was tried.</summary>
    private sealed record Contradiction(BitSet Blame, Rejection Rejection);
}
