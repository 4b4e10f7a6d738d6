using System.Collections.Immutable;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Resolution;

/// <summary>Chooses one version of every package: newest first, taking back a choice that leads nowhere.</summary>
/// <remarks>
/// Pages and METADATA are fetched ahead and side by side; decisions are made one after the other, so the same problem has the same
/// solution. <see cref="Search"/> says how.
/// </remarks>
public sealed class Resolver(IPackageIndex index)
{
    /// <exception cref="IndexException">The index failed.</exception>
    public async Task<ResolutionResult> SolveAsync(ResolutionProblem problem, IProgress<int>? packagesSoFar, CancellationToken cancel)
    {
        if (problem.Lines.Select(line => WhyUnusable(line, problem)).FirstOrDefault(why => why is not null) is { } unusable)
            return unusable;
        await using var projects = new Projects(index, problem, cancel);
        var search = new Search(problem, projects);
        if (await search.RunAsync(packagesSoFar, cancel) is { } decisions)
            return new ResolutionResult.Solved(await PinsOf(decisions, problem, projects));
        return search.End is { } end ? Explanation.Of(end) : Explanation.OfGivingUp(problem);
    }

    // What no index can answer, whatever it holds.
    private static ResolutionResult.Unsolvable? WhyUnusable(RequirementLine line, ResolutionProblem problem)
    {
        PackageName name = line.Requirement.Name;
        string place = line.Source.Length == 0 ? "" : $" ({line.Source})";
        return UserWords.Applies(line, problem) switch
        {
            MarkerResult.False => null,
            MarkerResult.Undefined =>
                new(name, [$"the marker `{line.Requirement.Marker}` of {name} compares what cannot be compared{place}"], []),
            // The address itself is not told: it may carry a password.
            _ when line.Requirement.Url is not null =>
                new(name, [$"you asked for {name} from an address of its own{place}; this release installs from indexes only"], []),
            _ when problem.RequireHashes && line.Hashes.IsEmpty && !line.IsConstraint =>
                new(name, [$"hashes are required, and {name} has none{place}"], []),
            _ => null,
        };
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
        private readonly HashSet<PackageName> _extras = Decision.Slot.Extras;

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
            foreach (PackageName extra in _extras.Order().Where(extra => !Metadata.Fields!.ProvidesExtra.Contains(extra)))
                yield return $"it has no extra `{extra}`";
        }
    }
}
