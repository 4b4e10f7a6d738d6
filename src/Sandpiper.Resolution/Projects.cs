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
    private const int Foresight = 20;   // which part of what the search may cost, what it has not come to may cost
    private const int MostAhead = 48;   // releases of one project that are asked for before it is known whether they will be needed

    private readonly ICandidateSource _source;
    private readonly ResolutionProblem _problem;
    private readonly PythonRule _python;
    private readonly ILookup<PackageName, RequirementLine> _lines;
    private readonly CancellationTokenSource _stop;
    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly ConcurrentDictionary<PackageName, Lazy<Task<Project>>> _projects = new();
    private readonly ConcurrentDictionary<Release, Lazy<Task<ReleaseMetadata>>> _metadata = new(ReferenceEqualityComparer.Instance);
    private readonly RequirementPool _requirements = new();
    private readonly List<Task> _ahead = [];
    private readonly Effort _foresight;     // where the search has not come yet, on METADATA that is kept above all
    private readonly ConcurrentDictionary<Requirement, bool> _foreseen = new(ReferenceEqualityComparer.Instance);

    public Projects(ICandidateSource source, ResolutionProblem problem, Effort effort, CancellationToken cancel)
    {
        (_source, _problem, _python, Effort) = (source, problem, new PythonRule(problem.Environment), effort);
        _foresight = effort.Part(Foresight);
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
    public Task<ReleaseMetadata> MetadataOf(Release release) => _metadata.TryGetValue(release, out var known)
        ? known.Value
        : _metadata.GetOrAdd(release, key => new Lazy<Task<ReleaseMetadata>>(() => FetchMetadataAsync(key.Verdict!))).Value;

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
        int ahead = Math.Min(project.Rejections, MostAhead);
        foreach (BitSet places in (BitSet[])[left, project.Alive])
        {
            for (int next = places.First(place); ahead > 0 && next >= 0; ahead--, next = places.First(next + 1))
            {
                if (project.Judge(project.Releases[next]).Obstacle is null) StartOn(project.Releases[next]);
            }
        }
    }

    // Beside the search, not in it: what comes out of the cache is there at once, and would be read by whoever asked.
    private Task StartOn(Requirement requirement) => Task.Run(() => PrefetchAsync(requirement), CancellationToken.None);

    private void StartOn(Release release)
    {
        if (_metadata.ContainsKey(release)) return;
        var fetched = new Lazy<Task<ReleaseMetadata>>(() => Task.Run(() => FetchMetadataAsync(release.Verdict!)));
        _ = _metadata.GetOrAdd(release, fetched).Value;
    }

    /// <summary>Stops what is still under way and waits until it has: the source may be gone afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        IEnumerable<Task> pages = _projects.Values.Select(lazy => lazy.Value), metadata = _metadata.Values.Select(lazy => lazy.Value);
        Task[] open = [.. _ahead, .. pages, .. metadata];
        foreach (Task task in open) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _places.Dispose();
        _stop.Dispose();
    }

    // As the search would go on if nothing stood in its way. It decides one package after the other, and waits for one page at a time: what
    // hangs on the others would only be asked for when it comes to them.
    private async Task PrefetchAsync(Requirement requirement)
    {
        Project project = await Get(requirement.Name);
        if (project.Likely(requirement.Specifiers) is not { } likely) return;
        ReleaseMetadata metadata = await MetadataOf(likely);
        _foresight.Spend(metadata.Steps);
        if (!_problem.FollowDependencies || metadata.Obstacle is not null || _foresight.IsSpent) return;
        await Task.WhenAll(metadata.WorkOut(requirement.Extras, _foresight).All.Where(IsUnforeseen).Select(StartOn));
    }

    private bool IsUnforeseen(Requirement requirement) => _foreseen.TryAdd(requirement, true);

    private async Task<Project> FetchAsync(PackageName name) =>
        new(name, await InTurn(cancel => _source.GetPageAsync(name, cancel)), _problem, UserWords.Of(_lines[name]), _python, Effort);

    private async Task<ReleaseMetadata> FetchMetadataAsync(Verdict verdict)
    {
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
