using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Resolution;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Wheels that are fetched while it is still being resolved: those of a line that allows one version and names their digest. Which they are
/// is certain once the page is read; what they need, and whether all of it fits together, is found out meanwhile.
/// </summary>
/// <param name="known">
/// What is offered under a name that stood for other bytes is for whoever acquires it to judge, before it is fetched.
/// </param>
internal sealed class BegunDownloads(
    IPackageIndex index, WheelStore store, Staging staging, KnownBytes known, ImmutableArray<RequirementLine> lines)
    : IndexAround(index), IAsyncDisposable
{
    private const int AtOnce = 16;      // pages and METADATA go the same way, and are waited for

    private readonly HashSet<Sha256Digest> _named = [.. lines.Where(ChosenBefore.IsPin).SelectMany(line => line.Hashes)];
    private readonly ConcurrentDictionary<Sha256Digest, Lazy<Task<string>>> _begun = new();
    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly CancellationTokenSource _stop = new();

    public override Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        // Where METADATA has to be read out of the wheel, it is fetched for that.
        if (wheel is { HasMetadata: true, Sha256: { } digest } && _named.Contains(digest) && store.FindSound(digest) is null
            && WheelFileName.TryParse(wheel.FileName, out WheelFileName? name, out _) && known.Compare(name, digest) is null)
        {
            _ = _begun.GetOrAdd(digest, _ => new(() => Task.Run(() => FetchAsync(wheel, digest)))).Value;
        }
        return Index.GetMetadataAsync(wheel, cancel);
    }

    /// <summary>False: it was not begun.</summary>
    /// <param name="path">Of the whole wheel, its digest checked, as soon as it is there.</param>
    public bool TryFind(Sha256Digest digest, [NotNullWhen(true)] out Task<string>? path)
    {
        path = _begun.TryGetValue(digest, out Lazy<Task<string>>? begun) ? begun.Value : null;
        return path is not null;
    }

    /// <summary>Stops what nobody came for and waits until it has: the staging directory may be gone afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (Lazy<Task<string>> begun in _begun.Values)
            await ((Task)begun.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _places.Dispose();
    }

    private async Task<string> FetchAsync(IndexFile file, Sha256Digest digest)
    {
        await _places.WaitAsync(_stop.Token);
        try
        {
            string path = Path.Combine(staging.NewDirectory(), file.FileName);
            await using FileStream wheel = new(path, FileMode.CreateNew, FileAccess.ReadWrite);
            await Index.DownloadAsync(file, [digest], wheel, bytesSoFar: null, _stop.Token);
            return path;
        }
        finally
        {
            _places.Release();
        }
    }
}
