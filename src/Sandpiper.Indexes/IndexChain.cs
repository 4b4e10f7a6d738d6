using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes;

/// <summary>
/// Several indexes in order: the first that has a name owns it (P7). One that fails stops everything: going on to the next would hand a
/// private name to whoever registered it on a public index.
/// </summary>
public sealed class IndexChain(ImmutableArray<IPackageIndex> indexes) : IPackageIndex
{
    private readonly ConcurrentDictionary<Uri, IPackageIndex> _owners = new();

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        foreach (IPackageIndex index in indexes)
        {
            if (await index.GetPageAsync(name, cancel) is not { } page) continue;
            foreach (IndexFile file in page.Files) _owners[file.Url] = index;
            return page;
        }
        return null;
    }

    public Task<ReadOnlyMemory<byte>> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) => OwnerOf(wheel).GetMetadataAsync(wheel, cancel);

    public Task DownloadAsync(IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar, CancellationToken cancel) =>
        OwnerOf(file).DownloadAsync(file, expected, destination, bytesSoFar, cancel);

    private IPackageIndex OwnerOf(IndexFile file) =>
        _owners.TryGetValue(file.Url, out IPackageIndex? owner) ? owner : throw new InvalidOperationException($"`{file.FileName}` is on no page that was asked for");
}
