using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes;

/// <summary>Where packages come from: one index, or several of which the first that has a name owns it.</summary>
public interface IPackageIndex
{
    /// <summary>The project's page, or null when no index has the name (only a 404 means that; anything else throws).</summary>
    /// <exception cref="IndexException">The index could not be asked, or gave an answer that cannot be trusted.</exception>
    Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel);

    /// <summary>
    /// METADATA of one wheel: the <c>.metadata</c> beside it (its digest checked), else out of the wheel itself. The bytes, as served.
    /// </summary>
    Task<ReadOnlyMemory<byte>> GetMetadataAsync(IndexFile wheel, CancellationToken cancel);

    /// <summary>Copies the file to <paramref name="destination"/>, hashing while it streams; never more bytes than promised.</summary>
    /// <param name="expected">The digests one of which it must have: the index's own and those the user named.</param>
    /// <param name="bytesSoFar">Told the bytes that arrived.</param>
    /// <returns>The SHA-256 of what was copied.</returns>
    Task<Sha256Digest> DownloadAsync(
        IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar,
        CancellationToken cancel);
}
