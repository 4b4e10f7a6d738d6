using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Indexes;

/// <summary>Another index, of which whoever derives from it changes what he means to.</summary>
public abstract class IndexAround(IPackageIndex index) : IPackageIndex
{
    /// <summary>The other one.</summary>
    protected IPackageIndex Index => index;

    public ImmutableArray<Uri> Addresses => index.Addresses;

    public Uri? OwnerOf(PackageName name) => index.OwnerOf(name);

    public virtual Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) => index.GetPageAsync(name, cancel);

    public virtual Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) =>
        index.GetMetadataAsync(wheel, cancel);

    public Task<Sha256Digest> DownloadAsync(
        IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar,
        CancellationToken cancel) =>
        index.DownloadAsync(file, expected, destination, bytesSoFar, cancel);
}
