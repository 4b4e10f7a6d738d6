using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>Turns the end of a search into sentences, each a fact that a person can check.</summary>
internal sealed class Explanation
{
    private const int MaxDepth = 4;         // packages in a chain of "needs that needs that"
    private const int MaxSentences = 12;
    private const int MaxDemands = 4;
    private const int MaxVersions = 3;
    private const int MaxGroups = 3;        // different reasons of one package that are told one by one

    private readonly List<string> _sentences = [];
    private readonly List<string> _hints = [];
    private readonly HashSet<PackageName> _told = [];

    public static ResolutionResult.Unsolvable Of(DeadEnd end)
    {
        var explanation = new Explanation();
        explanation.Tell(end, depth: 0);
        return new(
            end.Project.Name, [.. explanation._sentences.Distinct(StringComparer.Ordinal).Take(MaxSentences)], [.. explanation._hints]);
    }

    public static ResolutionResult.Unsolvable OfGivingUp(ResolutionProblem problem) => new(
        problem.Lines[0].Requirement.Name,
        ["the search was given up: too many combinations contradict each other, and none was found that does not"],
        []);

    private void Tell(DeadEnd end, int depth)
    {
        Project project = end.Project;
        if (depth == MaxDepth || !_told.Add(project.Name)) return;
        string asked = string.Join(", and ", end.Demands.Select(demand => demand.Words).Distinct(StringComparer.Ordinal).Take(MaxDemands));
        if (project.Page is null) _sentences.Add($"{asked}, and no index has a package `{project.Name}`");
        else if (project.Releases.Length == 0) _sentences.Add($"{asked}, and {WhyNoFiles(project)}");
        else
        {
            List<(Release Release, Obstacle Obstacle)> obstacles = ObstaclesOf(end);
            _sentences.Add(obstacles.Count == 0 ? $"{asked}; {WhatThereIs(project, end)}" : asked);
            TellObstacles(project, obstacles, depth);
        }
        if (project.Page is { } page && LeftOutWords.Of(page) is { } leftOut) _sentences.Add(leftOut);
    }

    private static string WhyNoFiles(Project project) => project.IsQuarantined
        ? $"the index has quarantined `{project.Name}`{(project.Page!.StatusReason is { Length: > 0 } reason ? $": {reason}" : "")}"
        : $"the index lists no wheel and no source distribution of `{project.Name}`{(project.Page!.LeftOut.IsEmpty ? "" : " that can be used")}";

    // Of the releases that everybody would accept; what a demand excludes is told by the demand.
    private static List<(Release Release, Obstacle Obstacle)> ObstaclesOf(DeadEnd end)
    {
        var obstacles = new List<(Release, Obstacle)>();
        for (int place = 0; place < end.Project.Releases.Length; place++)
        {
            Release release = end.Project.Releases[place];
            if (!end.Demands.All(demand => demand.Requirement.Specifiers.Contains(release.Version))) continue;
            if (end.Project.ObstacleOf(place) is { } obstacle || end.Obstacles.TryGetValue(place, out obstacle))
                obstacles.Add((release, obstacle));
        }
        return obstacles;
    }

    private static string WhatThereIs(Project project, DeadEnd end)
    {
        Pep440Version[] versions = [.. project.Releases.Select(release => release.Version).Order()];
        string there = versions.Length == 1
            ? $"there is only {project.Name} {versions[0]}"
            : $"there are versions of {project.Name} from {versions[0]} to {versions[^1]}";
        bool eachFits = end.Demands.All(demand => versions.Any(demand.Requirement.Specifiers.Contains));
        return end.Demands.Count > 1 && eachFits ? $"no version is all of that, {there}" : there;
    }

    private void TellObstacles(Project project, List<(Release Release, Obstacle Obstacle)> obstacles, int depth)
    {
        var groups = obstacles.GroupBy(o => o.Obstacle.One, StringComparer.Ordinal).Select(group => group.ToList()).ToList();
        // A thousand versions that each need another version of one package are one fact.
        if (groups.Count > MaxGroups)
            groups = [.. groups.GroupBy(group => (group[0].Obstacle.On, group[0].Obstacle.Kind)).SelectMany(Merged)];
        foreach (var group in groups.Take(MaxSentences))
        {
            Obstacle obstacle = group[0].Obstacle;
            _sentences.Add(
                $"{Names(project, [.. group.Select(o => o.Release.Version)])} {(group.Count == 1 ? obstacle.One : obstacle.Many)}");
            if (obstacle.Kind == ObstacleKind.NeedsBuilding) TellNewestWheel(project);
            if (obstacle.Kind == ObstacleKind.TooNew) AddHint($"sandpiper install {project.Name} --exclude-newer …      a later limit");
            if (obstacle.Behind is { } behind) Tell(behind, depth + 1);
        }
    }

    private static IEnumerable<List<(Release Release, Obstacle Obstacle)>> Merged(
        IGrouping<(PackageName? On, ObstacleKind Kind), List<(Release Release, Obstacle Obstacle)>> groups)
    {
        List<(Release Release, Obstacle Obstacle)> all = [.. groups.SelectMany(group => group)];
        if (groups.Key.On is not { } on || groups.Count() == 1) return groups;
        string text = $"versions of {on} that do not fit";
        return [[(all[0].Release, all[0].Obstacle with { One = $"needs {text}", Many = $"need {text}" }), .. all.Skip(1)]];
    }

    private void TellNewestWheel(Project project)
    {
        Release? newest = project.Releases.Where(release => project.Judge(release).Obstacle is null).MaxBy(release => release.Version);
        _sentences.Add(newest is null
            ? $"no version of {project.Name} has a wheel for this Python on this machine"
            : $"the newest version that has a wheel which fits here is {project.Name} {newest.Version}");
        if (newest is not null) AddHint($"sandpiper install {project.Name}=={newest.Version}");
    }

    private void AddHint(string hint)
    {
        if (!_hints.Contains(hint, StringComparer.Ordinal)) _hints.Add(hint);
    }

    /// <summary><c>foo 2.1, 2.0 and 37 others down to 0.1</c>.</summary>
    private static string Names(Project project, List<Pep440Version> versions)
    {
        versions.Sort((a, b) => b.CompareTo(a));
        string text = versions.Count switch
        {
            1 => $"{versions[0]}",
            <= MaxVersions => $"{string.Join(", ", versions.SkipLast(1))} and {versions[^1]}",
            _ => $"{versions[0]}, {versions[1]} and {versions.Count - 2} others down to {versions[^1]}",
        };
        return $"{project.Name} {text}";
    }
}
