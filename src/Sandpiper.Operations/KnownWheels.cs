using System.Collections.Immutable;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// An index that answers from the store what needs no asking: packages that stay as installed, and pins whose wheel was chosen on this
/// machine before. Everything else goes on to the real index.
/// </summary>
/// <remarks>
/// Known by digest, so the answer is the same bytes whoever gives it; what it saves is the page of every installed package on every
/// install. A name that it answers for has exactly the given wheels.
/// </remarks>
internal sealed class KnownWheels(IPackageIndex index, WheelStore store, IReadOnlyDictionary<PackageName, KnownWheel> known) : IPackageIndex
{
    public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) =>
        known.TryGetValue(name, out KnownWheel? wheel) ? Task.FromResult<ProjectPage?>(PageOf(name, wheel)) : index.GetPageAsync(name, cancel);

    public Task<ReadOnlyMemory<byte>> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) =>
        Find(wheel) is { } known ? Task.FromResult(store.ReadMetadata(known)) : index.GetMetadataAsync(wheel, cancel);

    public Task DownloadAsync(IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar, CancellationToken cancel) =>
        Find(file) is null
            ? index.DownloadAsync(file, expected, destination, bytesSoFar, cancel)
            : throw new InvalidOperationException("a sealed wheel is used where it lies, never fetched");

    private SealedWheel? Find(IndexFile file) => file.Sha256 is { } digest ? known.Values.FirstOrDefault(w => w.Wheel.Digest == digest)?.Wheel : null;

    private static ProjectPage PageOf(PackageName name, KnownWheel known) => new()
    {
        Name = name,
        Files =
        [
            new IndexFile(known.Wheel.FileName.FileName, known.Origin, known.Wheel.Digest,
                Size: null, UploadTime: DateTimeOffset.UnixEpoch, RequiresPython: null, YankedReason: null, HasMetadata: true, MetadataSha256: null),
        ],
    };
}

/// <param name="Wheel">In the store.</param>
/// <param name="Origin">Where it came from.</param>
internal sealed record KnownWheel(SealedWheel Wheel, Uri Origin);
