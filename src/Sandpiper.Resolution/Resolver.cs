using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Resolution;

/// <summary>Chooses one version of every package: newest first, taking back a choice that leads nowhere.</summary>
/// <remarks>
/// Pages and METADATA are fetched ahead and side by side; decisions are made one after the other, so the same problem has the same
/// solution. <see cref="Search"/> says how.
/// </remarks>
public sealed class Resolver(ICandidateSource source)
{
    /// <summary>What a search may cost before it is given up.</summary>
    internal long MaxEffort { get; init; } = Effort.Most;

    /// <exception cref="Exception">What the source threw.</exception>
    public async Task<ResolutionResult> SolveAsync(ResolutionProblem problem, IProgress<int>? packagesSoFar, CancellationToken cancel)
    {
        if (problem.Lines.Select(line => WhyUnusable(line, problem)).FirstOrDefault(why => why is not null) is { } unusable)
            return unusable;
        await using var projects = new Projects(source, problem, new Effort(MaxEffort), cancel);
        var search = new Search(problem, projects);
        if (await search.RunAsync(packagesSoFar, cancel) is { } decisions)
            return new ResolutionResult.Solved(await PinsOf(decisions, problem, projects));
        return search.Why!;     // RunAsync says why, or what
    }

    // What no index can answer, whatever it holds.
    private static ResolutionResult.Unsolvable? WhyUnusable(RequirementLine line, ResolutionProblem problem)
    {
        Reason? reason = UserWords.Applies(line, problem) switch
        {
            MarkerResult.False => null,
            MarkerResult.Undefined => new Reason.UndefinedMarker(line),
            _ when line.Requirement.Url is not null => new Reason.FromAddress(line),
            _ when problem.RequireHashes && line.Hashes.IsEmpty && !line.IsConstraint => new Reason.NoHash(line),
            _ => null,
        };
        return reason is null ? null : new(line.Requirement.Name, [reason], []);
    }

    // Only what can be reached from the user's words is needed: a demand may have become void by an extra that was asked for later.
    private static async Task<ImmutableArray<Pin>> PinsOf(IReadOnlyList<Decision> decisions, ResolutionProblem problem, Projects projects)
    {
        Dictionary<PackageName, Decision> chosen = decisions.ToDictionary(decision => decision.Slot.Name);
        var reached = new SortedDictionary<PackageName, Reached>();
        var pending = new Queue<(PackageName Name, PackageName? By)>(problem.Lines
            .Where(line => !line.IsConstraint && UserWords.Applies(line, problem) == MarkerResult.True)
            .Select(line => (line.Requirement.Name, (PackageName?)null)));
        while (pending.TryDequeue(out var next))
        {
            if (!reached.TryGetValue(next.Name, out Reached? package))
            {
                Decision decision = chosen[next.Name];
                reached.Add(next.Name, package = new Reached(decision, await projects.MetadataOf(decision.Release)));
                if (problem.FollowDependencies) foreach (Requirement need in package.Needs) pending.Enqueue((need.Name, next.Name));
            }
            if (next.By is null) package.IsRequested = true;
            else if (next.By != next.Name) package.RequiredBy.Add(next.By.Value);
        }
        return [.. reached.Values.Select(package => package.ToPin())];
    }

    private sealed record Reached(Decision Decision, ReleaseMetadata Metadata)
    {
        private readonly IReadOnlySet<PackageName> _extras = Decision.Slot.Extras;

        public IReadOnlyList<Requirement> Needs => Metadata.With(_extras).All;

        public SortedSet<PackageName> RequiredBy { get; } = [];

        public bool IsRequested { get; set; }

        public Pin ToPin()
        {
            Project project = Decision.Slot.Project!;
            (var wheel, var file, _) = Decision.Release.Verdict!;
            ImmutableArray<Sha256Digest> expected = project.Hashes is { } hashes
                ? [.. hashes.Order()]
                : file!.Sha256 is { } digest ? [digest] : [];
            return new Pin(
                wheel!, file!, expected, Metadata.Fields!, Metadata.Digest, [.. _extras.Order()], [.. RequiredBy], IsRequested,
                [.. Notes(project.Page!, file!)]);
        }

        private IEnumerable<string> Notes(ProjectPage page, IndexFile file)
        {
            if (file.YankedReason is { } reason) yield return $"this version was yanked{(reason.Length > 0 ? $": {reason}" : "")}";
            if (page.Status is "archived" or "deprecated")
                yield return $"the project is {page.Status}{(page.StatusReason is { Length: > 0 } why ? $": {why}" : "")}";
            // Not an obstacle: packages drop extras, and the rest is as good as before (pip and uv agree).
            HashSet<PackageName> provided = [.. Metadata.Fields!.ProvidesExtra];
            foreach (PackageName extra in _extras.Order().Where(extra => !provided.Contains(extra)))
                yield return $"it has no extra `{extra}`";
        }
    }
}
