using System.Collections.Concurrent;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>Pages and METADATA, each asked for once, ahead of need and a bounded number at a time.</summary>
internal sealed class Projects(IPackageIndex index, ResolutionProblem problem, CancellationToken cancel) : IDisposable
{
    private const int AtOnce = 16;
    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly ConcurrentDictionary<PackageName, Task<Project>> _projects = new();
    private readonly ConcurrentBag<Task> _ahead = [];
    private readonly ConcurrentDictionary<string, Task<CoreMetadata>> _metadata = new(StringComparer.Ordinal);

    /// <summary>Names asked for so far.</summary>
    public int Count => _projects.Count;

    public Task<Project> Get(PackageName name) => _projects.GetOrAdd(name, FetchAsync);

    public Task<CoreMetadata> MetadataOf(Candidate candidate) => _metadata.GetOrAdd(candidate.File.FileName, _ => FetchMetadataAsync(candidate));

    /// <summary>Starts fetching what a demand will most likely need; failures show when it is really needed.</summary>
    public void Prefetch(Demand demand) => _ahead.Add(PrefetchAsync(demand));

    /// <summary>Nobody waits for what is still under way; what failed unseen stays unseen.</summary>
    public void Dispose() => _ahead.Clear();

    private async Task PrefetchAsync(Demand demand)
    {
        try
        {
            Project project = await Get(demand.Name);
            foreach (Pep440Version version in project.Versions)
            {
                if (version.IsPrerelease || !demand.Requirement.Specifiers.Contains(version) || project.Judge(version).Candidate is not { } candidate) continue;
                await MetadataOf(candidate);
                return;
            }
        }
        catch (Exception error) when (error is IndexException or UnreadableMetadataException or OperationCanceledException)
        {
            // The same task is awaited where its result is needed, and throws there.
        }
    }

    private async Task<Project> FetchAsync(PackageName name)
    {
        ProjectPage? page = await InTurn(() => index.GetPageAsync(name, cancel));
        return new Project(name, page, problem);
    }

    private async Task<CoreMetadata> FetchMetadataAsync(Candidate candidate)
    {
        ReadOnlyMemory<byte> content = await InTurn(() => index.GetMetadataAsync(candidate.File, cancel));
        if (!CoreMetadata.TryParse(content.Span, out CoreMetadata? metadata, out string because)) throw new UnreadableMetadataException(because);
        if (metadata.Name != candidate.Wheel.Name || metadata.Version != candidate.Wheel.Version)
        {
            throw new UnreadableMetadataException($"its METADATA is of {metadata.Name} {metadata.Version}");
        }
        return metadata;
    }

    private async Task<T> InTurn<T>(Func<Task<T>> ask)
    {
        await _places.WaitAsync(cancel);
        try
        {
            return await ask();
        }
        finally
        {
            _places.Release();
        }
    }
}

/// <summary>One version's METADATA cannot be used; the version falls away, nothing else.</summary>
internal sealed class UnreadableMetadataException(string because) : Exception(because);
