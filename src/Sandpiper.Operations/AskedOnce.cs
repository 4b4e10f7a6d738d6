using System.Collections.Concurrent;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Operations;

/// <summary>A source whose answers are kept while one command resolves, in several attempts perhaps. What failed is asked again.</summary>
/// <remarks>METADATA that the index names by its digest is left to the index's cache: a search may look at three thousand.</remarks>
internal sealed class AskedOnce(ICandidateSource index) : ICandidateSource
{
    private readonly ConcurrentDictionary<PackageName, ProjectPage?> _pages = new();
    private readonly ConcurrentDictionary<IndexFile, ReadOnlyMemory<byte>> _metadata = new(ReferenceEqualityComparer.Instance);

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        if (!_pages.TryGetValue(name, out ProjectPage? page)) _pages[name] = page = await index.GetPageAsync(name, cancel);
        return page;
    }

    public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) =>
        wheel.MetadataSha256 is null ? GetKeptAsync(wheel, cancel) : index.GetMetadataAsync(wheel, cancel);

    private async Task<ServedMetadata> GetKeptAsync(IndexFile wheel, CancellationToken cancel)
    {
        if (!_metadata.TryGetValue(wheel, out ReadOnlyMemory<byte> content))
        {
            using ServedMetadata served = await index.GetMetadataAsync(wheel, cancel);
            _metadata[wheel] = content = served.Content.ToArray();
        }
        return ServedMetadata.Of(content);
    }
}
