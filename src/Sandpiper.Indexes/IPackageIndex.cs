using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Indexes;

/// <summary>Where packages come from: one index, or several of which the first that has a name owns it.</summary>
/// <remarks>
/// A project has no page only when every index answered 404; anything else throws an <see cref="IndexException"/>. METADATA is the
/// <c>.metadata</c> beside the wheel, its digest checked, else out of the wheel itself.
/// </remarks>
public interface IPackageIndex : ICandidateSource
{
    /// <summary>Of every index that is asked, in their order, without credentials.</summary>
    ImmutableArray<Uri> Addresses { get; }

    /// <summary>Address of the index that has answered for a name; null when none has.</summary>
    Uri? OwnerOf(PackageName name);

    /// <summary>Copies the file to <paramref name="destination"/>, hashing while it streams; never more bytes than promised.</summary>
    /// <param name="expected">The digests one of which it must have: the index's own and those the user named.</param>
    /// <param name="bytesSoFar">Told the bytes that arrived.</param>
    /// <returns>The SHA-256 of what was copied.</returns>
    Task<Sha256Digest> DownloadAsync(
        IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar,
        CancellationToken cancel);
}
