using System.Collections.Concurrent;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>Pages and METADATA, each asked for once, ahead of need, a bounded number at a time.</summary>
/// <remarks>What runs ahead changes no answer: a failure counts only when the search comes to need the very thing that failed.</remarks>
internal sealed class Projects : IAsyncDisposable
{
    private const int AtOnce = 50;
    private const int Stubborn = 4;     // rejections after which many releases of a project will be needed
    private const int Portions = 4;     // in which the next ones are asked for
    private const int Foresight = 20;   // which part of what the search may cost, what it has not come to may cost
    private const int MostTogether = 64;    // clauses; whoever asks for one package in thousands of ways is not followed
    private const int MostAhead = 48;   // releases of one project that are asked for before it is known whether they will be needed

    private static readonly int Hands = Math.Max(1, Environment.ProcessorCount - 1);    // besides the search

    private readonly ICandidateSource _source;
    private readonly ResolutionProblem _problem;
    private readonly PythonRule _python;
    private readonly ILookup<PackageName, RequirementLine> _lines;
    private readonly Func<Release, Task<ReleaseMetadata>> _fetchMetadata;
    private readonly CancellationTokenSource _stop;
    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly ConcurrentDictionary<PackageName, Lazy<Task<Project>>> _projects = new();
    private readonly RequirementPool _requirements = new();
    private readonly List<Task> _ahead = [];
    private readonly Effort _foresight;     // where the search has not come yet, on METADATA that is kept above all
    private readonly ConcurrentDictionary<Requirement, bool> _foreseen = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<PackageName, SpecifierSet?> _together = new();    // what was foreseen of a package, as one

    public Projects(ICandidateSource source, ResolutionProblem problem, Effort effort, CancellationToken cancel)
    {
        (_source, _problem, _python, Effort) = (source, problem, new PythonRule(problem.Environment), effort);
        _foresight = effort.Part(Foresight);
        _fetchMetadata = FetchMetadataAsync;
        _lines = UserWords.LinesByName(problem);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    }

    /// <summary>What the search over them has cost so far.</summary>
    public Effort Effort { get; }

    /// <exception cref="Exception">What the source threw.</exception>
    public Task<Project> Get(PackageName name) =>
        _projects.GetOrAdd(name, key => new Lazy<Task<Project>>(() => FetchAsync(key))).Value;

    /// <param name="release">One that has a wheel to take.</param>
    /// <exception cref="Exception">What the source threw.</exception>
    public Task<ReleaseMetadata> MetadataOf(Release release) => release.MetadataFrom(_fetchMetadata);

    /// <summary>Starts fetching what a requirement will most likely lead to.</summary>
    public void Prefetch(Requirement requirement)
    {
        if (IsUnforeseen(requirement)) _ahead.Add(StartOn(requirement));
    }

    /// <summary>
    /// Where one release after the other is taken back, the next ones are asked for together: as many as were taken back so far, up to a
    /// bound, so that what is asked for in vain stays in proportion.
    /// </summary>
    /// <param name="left">Places of the releases that are allowed for now; they go first.</param>
    /// <param name="place">Where the search is.</param>
    public void PrefetchBehind(Project project, BitSet left, int place)
    {
        if (project.Rejections < Stubborn) return;
        int ahead = Math.Min(project.Rejections, MostAhead), many = (ahead + Portions - 1) / Portions;
        var fresh = new List<Release>(ahead);
        Collect(left);
        Collect(project.Alive);
        // A portion at a time: to hand each of two thousand to another thread costs as much as to read it.
        if (fresh.Count < many) return;
        foreach (Release release in fresh) release.IsForeseen = true;
        foreach (Release[] portion in fresh.Chunk(Math.Max(1, many / Hands)))
            _ahead.Add(Task.Run(() => StartOn(project, portion), CancellationToken.None));

        void Collect(BitSet places)
        {
            for (int next = places.First(place); ahead > 0 && next >= 0; ahead--, next = places.First(next + 1))
            {
                if (!project.Releases[next].IsForeseen) fresh.Add(project.Releases[next]);
            }
        }
    }

    // Beside the search, not in it: what comes out of the cache is there at once, and would be read by whoever asked.
    private Task StartOn(Requirement requirement) => Task.Run(() => PrefetchAsync(requirement), CancellationToken.None);

    // The last first: the search comes from the other side, and does itself what it finds undone.
    private void StartOn(Project project, Release[] releases)
    {
        for (int at = releases.Length - 1; at >= 0 && !_stop.IsCancellationRequested; at--)
        {
            if (project.Judge(releases[at]).Obstacle is null) _ = MetadataOf(releases[at]);
        }
    }

    /// <summary>Stops what is still under way and waits until it has: the source may be gone afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (Task task in _ahead) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Lazy<Task<Project>> page in _projects.Values)
        {
            await ((Task)page.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!page.Value.IsCompletedSuccessfully) continue;
            foreach (Release release in (await page.Value).Releases)
            {
                if (release.Asked is { } asked) await asked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        _places.Dispose();
        _stop.Dispose();
    }

    // As the search would go on if nothing stood in its way. It decides one package after the other, and waits for one page at a time: what
    // hangs on the others would only be asked for when it comes to them.
    private async Task PrefetchAsync(Requirement requirement)
    {
        Project project = await Get(requirement.Name);
        if (LikelyOf(project, requirement) is not { } likely) return;
        ReleaseMetadata metadata = await MetadataOf(likely);
        _foresight.Spend(metadata.Steps);
        if (!_problem.FollowDependencies || metadata.Obstacle is not null || _foresight.IsSpent) return;
        List<Task> begun = [];
        foreach (Requirement next in metadata.WorkOut(requirement.Extras, _foresight).All)
        {
            if (IsUnforeseen(next)) begun.Add(StartOn(next));
        }
        await Task.WhenAll(begun);
    }

    private bool IsUnforeseen(Requirement requirement)
    {
        if (!_foreseen.TryAdd(requirement, true)) return false;
        if (!_together.TryGetValue(requirement.Name, out SpecifierSet? others) || others is not null)
            _together.AddOrUpdate(requirement.Name, (_, own) => own, And, requirement.Specifiers);
        return true;

        static SpecifierSet? And(PackageName name, SpecifierSet? others, SpecifierSet? own) =>
            others?.Clauses.Length < MostTogether ? others.And(own!) : null;
    }

    // While its page was waited for, others may have asked for the package: what is within all their words is what the search will choose.
    // Where nothing is, they stand in each other's way, and from then on it is as one of them says.
    private Release? LikelyOf(Project project, Requirement requirement)
    {
        if (_together[requirement.Name] is not { } together) return project.Likely(requirement.Specifiers);
        if (project.Likely(together) is { } likely) return likely;
        _together[requirement.Name] = null;
        return project.Likely(requirement.Specifiers);
    }

    private async Task<Project> FetchAsync(PackageName name) =>
        new(name, await InTurn(cancel => _source.GetPageAsync(name, cancel)), _problem, UserWords.Of(_lines[name]), _python, Effort);

    private async Task<ReleaseMetadata> FetchMetadataAsync(Release release)
    {
        Verdict verdict = release.Verdict!;
        using ServedMetadata served = await InTurn(cancel => _source.GetMetadataAsync(verdict.File!, cancel));
        return ReleaseMetadata.Of(served, verdict.Wheel!, _requirements, _python, Effort);
    }

    private async Task<T> InTurn<T>(Func<CancellationToken, Task<T>> ask)
    {
        await _places.WaitAsync(_stop.Token);
        try
        {
            return await ask(_stop.Token);
        }
        finally
        {
            _places.Release();
        }
    }
}
