using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Indexes;

/// <summary>
/// Several indexes in order: the first that has a name owns it (P7). One that fails stops everything: going on to the next would hand a
/// private name to whoever registered it on a public index.
/// </summary>
public sealed class IndexChain(ImmutableArray<IPackageIndex> indexes) : IPackageIndex
{
    private readonly ConcurrentDictionary<PackageName, IPackageIndex> _owners = new();

    /// <summary>Names that are known to be one index's, which need not be in the order: nobody else is told them.</summary>
    public IReadOnlyDictionary<PackageName, IPackageIndex> Owned { get; init; } = ImmutableDictionary<PackageName, IPackageIndex>.Empty;

    public ImmutableArray<Uri> Addresses => [.. indexes.SelectMany(index => index.Addresses)];

    public Uri? OwnerOf(PackageName name) => _owners.GetValueOrDefault(name)?.OwnerOf(name);

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        foreach (IPackageIndex index in Owned.TryGetValue(name, out IPackageIndex? owner) ? [owner] : indexes)
        {
            if (await index.GetPageAsync(name, cancel) is not { } page) continue;
            _owners[name] = index;
            return page;
        }
        return null;
    }

    public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        return Only is { } only ? only.GetMetadataAsync(wheel, cancel) : OfOwnerAsync();

        async Task<ServedMetadata> OfOwnerAsync() => await (await OwnerOfAsync(wheel, cancel)).GetMetadataAsync(wheel, cancel);
    }

    public async Task<Sha256Digest> DownloadAsync(
        IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar,
        CancellationToken cancel) =>
        await (await OwnerOfAsync(file, cancel)).DownloadAsync(file, expected, destination, bytesSoFar, cancel);

    // Whose every file is.
    private IPackageIndex? Only => indexes is [var only] && Owned.Count == 0 ? only : null;

    private async Task<IPackageIndex> OwnerOfAsync(IndexFile file, CancellationToken cancel)
    {
        if (Only is { } only) return only;
        foreach (PackageName name in NamesIn(file.FileName))
        {
            if (_owners.TryGetValue(name, out IPackageIndex? owner)) return owner;
        }
        // A file from a lock, say, whose page nobody has asked for yet.
        foreach (PackageName name in NamesIn(file.FileName))
        {
            if (await GetPageAsync(name, cancel) is not null) return _owners[name];
        }
        Uri shown = Credentials.Separate(file.Url, out _);
        throw new IndexException(IndexRules.Page, $"no index has the project of `{file.FileName}`", shown) { IsRefusal = true };
    }

    // A wheel's name ends at the first hyphen (PEP 427), that of an old source distribution at any (PEP 625); the longest
    // that is known counts.
    private static IEnumerable<PackageName> NamesIn(string fileName)
    {
        string last = fileName.EndsWith(".whl", StringComparison.Ordinal)
            ? fileName[..(fileName.IndexOf('-', StringComparison.Ordinal) + 1)]
            : fileName;
        for (int hyphen = last.LastIndexOf('-'); hyphen > 0; hyphen = last.LastIndexOf('-', hyphen - 1))
        {
            if (PackageName.TryParse(last.AsSpan(0, hyphen), out PackageName name, out _)) yield return name;
        }
    }
}
