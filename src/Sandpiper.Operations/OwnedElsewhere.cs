using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Operations;

/// <summary>
/// Indexes that are not asked for what is installed from another one: a private name would be told to them, and whoever has registered it
/// there would be its next version (P7).
/// </summary>
/// <param name="owners">The index that each such name belongs to.</param>
internal sealed class OwnedElsewhere(ICandidateSource index, IReadOnlyDictionary<PackageName, Uri> owners) : ICandidateSource
{
    /// <exception cref="IndexException">It belongs to another index.</exception>
    public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) =>
        owners.TryGetValue(name, out Uri? owner)
            ? throw new IndexException(IndexRules.Owner, $"`{name}` is installed from an index that is not asked now", owner)
            {
                IsRefusal = true,
            }
            : index.GetPageAsync(name, cancel);

    public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) => index.GetMetadataAsync(wheel, cancel);
}
