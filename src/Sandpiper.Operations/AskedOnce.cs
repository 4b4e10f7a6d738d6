using System.Collections.Concurrent;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Operations;

/// <summary>A source whose answers are kept while one command resolves, in several attempts perhaps. What failed is asked again.</summary>
internal sealed class AskedOnce(ICandidateSource index) : ICandidateSource
{
    private readonly ConcurrentDictionary<PackageName, ProjectPage?> _pages = new();
    private readonly ConcurrentDictionary<IndexFile, ReadOnlyMemory<byte>> _metadata = new(ReferenceEqualityComparer.Instance);

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        if (!_pages.TryGetValue(name, out ProjectPage? page)) _pages[name] = page = await index.GetPageAsync(name, cancel);
        return page;
    }

    public async Task<ReadOnlyMemory<byte>> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        if (!_metadata.TryGetValue(wheel, out ReadOnlyMemory<byte> content))
            _metadata[wheel] = content = await index.GetMetadataAsync(wheel, cancel);
        return content;
    }
}
