using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Commands;

/// <summary>An index that remembers on which of its pages something had to be left out.</summary>
internal sealed class PagesWithGaps(IPackageIndex index) : IPackageIndex
{
    private readonly ConcurrentDictionary<PackageName, ProjectPage> _seen = new();

    /// <summary>By name.</summary>
    public IEnumerable<ProjectPage> Seen => _seen.Values.OrderBy(page => page.Name);

    public ImmutableArray<Uri> Addresses => index.Addresses;

    public Uri? OwnerOf(PackageName name) => index.OwnerOf(name);

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        ProjectPage? page = await index.GetPageAsync(name, cancel);
        if (page is { LeftOut.IsEmpty: false }) _seen[name] = page;
        return page;
    }

    public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) => index.GetMetadataAsync(wheel, cancel);

    public Task<Sha256Digest> DownloadAsync(
        IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar,
        CancellationToken cancel) =>
        index.DownloadAsync(file, expected, destination, bytesSoFar, cancel);
}
