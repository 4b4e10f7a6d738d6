using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Answers from the store what needs no asking: packages that stay as installed, and pins whose wheel was chosen on this
/// machine before. Everything else goes on to the real index.
/// </summary>
/// <remarks>
/// Known by digest, so the answer is the same bytes whoever gives it; what it saves is the page of every installed package on every
/// install. A name that it answers for has exactly the given wheel, unless it may move: then what the index has is there as well.
/// </remarks>
internal sealed class KnownWheels(ICandidateSource index, WheelStore store, IReadOnlyDictionary<PackageName, KnownWheel> known)
    : ICandidateSource
{
    private readonly Dictionary<Sha256Digest, SealedWheel> _byDigest =
        known.Values.DistinctBy(w => w.Wheel.Digest).ToDictionary(w => w.Wheel.Digest, w => w.Wheel);

    /// <summary>Whether other versions of a known package count, too; by default none does.</summary>
    public Func<PackageName, bool> MayMove { get; init; } = _ => false;

    /// <summary>Whether a known package is asked for as if it were not there, as long as the index has it; by default none is.</summary>
    public Func<PackageName, bool> ShallMove { get; init; } = _ => false;

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        if (!known.TryGetValue(name, out KnownWheel? wheel)) return await index.GetPageAsync(name, cancel);
        ProjectPage kept = PageOf(name, wheel);
        bool shallMove = ShallMove(name);
        // It may be from another index: that this one does not have it is no reason to lose it.
        if ((!shallMove && !MayMove(name)) || await index.GetPageAsync(name, cancel) is not { } page) return kept;
        if (shallMove) return page;
        if (IsQuarantined(page)) return kept;
        return page with { Files = [.. kept.Files, .. page.Files.Where(file => file.Sha256 != wheel.Wheel.Digest)] };
    }

    public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) =>
        Find(wheel) is { } known ? Task.FromResult(ServedMetadata.Of(store.ReadMetadata(known))) : index.GetMetadataAsync(wheel, cancel);

    private SealedWheel? Find(IndexFile file) => file.Sha256 is { } digest ? _byDigest.GetValueOrDefault(digest) : null;

    private static bool IsQuarantined(ProjectPage page) => string.Equals(page.Status, "quarantined", StringComparison.Ordinal);

    private static ProjectPage PageOf(PackageName name, KnownWheel known) => new()
    {
        Name = name,
        Files =
        [
            new IndexFile(known.Wheel.FileName.FileName, known.Origin, known.Wheel.Digest,
                Size: null, UploadTime: DateTimeOffset.UnixEpoch, RequiresPython: null, YankedReason: null, HasMetadata: true,
                MetadataSha256: null),
        ],
    };
}

/// <param name="Wheel">In the store.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="Owner">The index that its name belonged to when it was chosen; null: what is installed says so itself.</param>
internal sealed record KnownWheel(SealedWheel Wheel, Uri Origin, Uri? Owner);
