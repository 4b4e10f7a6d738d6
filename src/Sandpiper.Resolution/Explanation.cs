using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>Picks out of the end of a search the facts that a person needs, in the order in which they are told.</summary>
internal sealed class Explanation
{
    private const int MaxDepth = 4;         // packages in a chain of "needs that needs that"
    private const int MaxReasons = 12;
    private const int MaxAsks = 4;
    private const int MaxDemands = 64;      // that are held against every release to see which ones everybody would accept
    private const int MaxGroups = 3;        // different reasons of one package that are told one by one

    private readonly List<Reason> _reasons = [];
    private readonly List<Suggestion> _suggestions = [];
    private readonly HashSet<PackageName> _told = [];
    private readonly Effort _effort = new();

    public static ResolutionResult.Unsolvable Of(DeadEnd end)
    {
        var explanation = new Explanation();
        explanation.Tell(end, behind: null, depth: 0);
        return explanation.Result(end.Project.Name);
    }

    /// <summary>A search that was given up over one package: who asks for it, and what stood in the way of its versions so far.</summary>
    public static ResolutionResult.Unsolvable OfGivingUp(SearchLimit limit, DeadEnd over, int versions)
    {
        var explanation = new Explanation();
        PackageName name = over.Project.Name;
        explanation._reasons.Add(new Reason.GivenUp(limit, name, versions));
        if (over.Demands.Count > 0) explanation._reasons.Add(new Reason.Asked(AsksOf(over)));
        foreach (var group in explanation.ObstaclesOf(over).GroupBy(o => o.Rejection.Obstacle).Take(MaxGroups))
            explanation._reasons.Add(Rejected(over.Project, [.. group], group.Key));
        explanation._suggestions.Add(new Suggestion.OwnChoice(name));
        return explanation.Result(name);
    }

    private ResolutionResult.Unsolvable Result(PackageName name) =>
        new(name, [.. _reasons.Distinct().Take(MaxReasons)], [.. _suggestions.Distinct()]);

    /// <param name="behind">What was told of the package before, of whose choice this is the end; null: nothing.</param>
    private void Tell(DeadEnd end, Obstacle? behind, int depth)
    {
        Project project = end.Project;
        if (depth == MaxDepth || !_told.Add(project.Name)) return;
        ImmutableArray<Ask> asks = AsksOf(end);
        if (project.Page is null) _reasons.Add(new Reason.NoProject(asks, project.Name));
        else if (project.Releases.Length == 0) _reasons.Add(new Reason.NoFiles(asks, project.Page));
        else
        {
            List<(Release Release, Rejection Rejection)> obstacles = ObstaclesOf(end);
            if (obstacles.Count == 0) _reasons.Add(WhatThereIs(project, end, asks));
            // Whoever needs it was told a line before, and that nothing fits; what follows says why.
            else if (behind is not Obstacle.NothingFits || asks.Length > 1) _reasons.Add(new Reason.Asked(asks));
            TellObstacles(project, obstacles, depth);
        }
        // Without it "there is only 1.0" is not true.
        if (project.Page is { LeftOut.IsEmpty: false } page) _reasons.Add(new Reason.LeftOut(page));
    }

    private static ImmutableArray<Ask> AsksOf(DeadEnd end) => [.. end.Demands.Select(demand => demand.Ask).Distinct().Take(MaxAsks)];

    // Of the releases that everybody would accept; what a demand excludes is told by the demand.
    private List<(Release Release, Rejection Rejection)> ObstaclesOf(DeadEnd end)
    {
        var obstacles = new List<(Release, Rejection)>();
        Demand[] demands = [.. end.Demands.Take(MaxDemands)];
        long cost = demands.Sum(demand => 1L + demand.Requirement.Specifiers.Clauses.Length);
        for (int place = 0; place < end.Project.Releases.Length && !_effort.IsSpent; place++)
        {
            Release release = end.Project.Releases[place];
            if (end.Project.RejectionOf(place) is not { } rejection && !end.Rejections.TryGetValue(place, out rejection)) continue;
            _effort.Spend(cost);
            if (demands.All(demand => demand.Requirement.Specifiers.Contains(release.Version))) obstacles.Add((release, rejection));
        }
        return obstacles;
    }

    private static Reason.NoVersion WhatThereIs(Project project, DeadEnd end, ImmutableArray<Ask> asks)
    {
        Pep440Version[] versions = [.. project.Releases.Select(release => release.Version).Order()];
        bool eachFits = end.Demands.Take(MaxDemands).All(demand => versions.Any(demand.Requirement.Specifiers.Contains));
        return new(asks, project.Name, versions[0], versions[^1], versions.Length == 1, end.Demands.Count > 1 && eachFits);
    }

    private void TellObstacles(Project project, List<(Release Release, Rejection Rejection)> obstacles, int depth)
    {
        var groups = obstacles.GroupBy(o => o.Rejection.Obstacle).Select(group => group.ToList()).ToList();
        // A thousand versions that each need another version of one package are one fact.
        if (groups.Count > MaxGroups)
            groups = [.. groups.GroupBy(group => KindOf(group[0].Rejection.Obstacle)).SelectMany(Merged)];
        foreach (var group in groups.Take(MaxReasons))
        {
            (Obstacle obstacle, DeadEnd? behind) = group[0].Rejection;
            _reasons.Add(Rejected(project, group, obstacle));
            if (obstacle is Obstacle.NeedsBuilding) TellNewestWheel(project);
            if (obstacle is Obstacle.TooNew) _suggestions.Add(new Suggestion.LaterLimit(project.Name));
            if (behind is not null) Tell(behind, obstacle, depth + 1);
        }
    }

    private static (PackageName? On, Type? Kind) KindOf(Obstacle obstacle) =>
        (obstacle.On, obstacle is Obstacle.NeedsBuilding or Obstacle.TooNew ? obstacle.GetType() : null);

    private static IEnumerable<List<(Release Release, Rejection Rejection)>> Merged(
        IGrouping<(PackageName? On, Type? Kind), List<(Release Release, Rejection Rejection)>> groups)
    {
        List<(Release Release, Rejection Rejection)> all = [.. groups.SelectMany(group => group)];
        if (groups.Key.On is not { } on || groups.Count() == 1) return groups;
        return [[(all[0].Release, all[0].Rejection with { Obstacle = new Obstacle.OtherVersions(on) }), .. all.Skip(1)]];
    }

    private void TellNewestWheel(Project project)
    {
        Release? newest = project.Releases.Where(release => project.Judge(release).Obstacle is null).MaxBy(release => release.Version);
        _reasons.Add(new Reason.NewestWheel(project.Name, newest?.Version));
        if (newest is not null) _suggestions.Add(new Suggestion.Version(project.Name, newest.Version));
    }

    private static Reason.Rejected Rejected(Project project, List<(Release Release, Rejection Rejection)> group, Obstacle obstacle) =>
        new(project.Name, [.. group.Select(o => o.Release.Version).OrderDescending()], obstacle);
}
