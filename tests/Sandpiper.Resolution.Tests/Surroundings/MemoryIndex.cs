using System.Collections.Concurrent;
using System.Text;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution.Tests.Surroundings;

/// <summary>An index that is made up in the test.</summary>
internal sealed class MemoryIndex : ICandidateSource
{
    private readonly Dictionary<PackageName, ProjectPage> _pages = [];
    private readonly Dictionary<string, byte[]> _metadata = new(StringComparer.Ordinal);

    /// <summary>What was asked for: names of projects and of wheels.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Fails, instead of answering, when it is asked for one of these.</summary>
    public HashSet<string> Failing { get; } = new(StringComparer.Ordinal);

    /// <summary>A wheel for everybody, with these requirements.</summary>
    public MemoryIndex With(string name, string version, params string[] requires) =>
        With(new Offer(name, version) { Requires = requires });

    public MemoryIndex With(Offer offer)
    {
        foreach (IndexFile file in offer.Files())
        {
            _pages[PackageName.Parse(offer.Name)] = PageOf(offer.Name) with { Files = PageOf(offer.Name).Files.Add(file) };
            if (file.HasMetadata) _metadata[file.FileName] = Encoding.UTF8.GetBytes(offer.Metadata());
        }
        return this;
    }

    /// <summary>A project without files, or with another status.</summary>
    public MemoryIndex WithStatus(string name, string status, string? reason)
    {
        _pages[PackageName.Parse(name)] = PageOf(name) with { Status = status, StatusReason = reason };
        return this;
    }

    /// <summary>A page on which not everything was understood.</summary>
    public MemoryIndex WithLeftOut(string name, params LeftOutEntry[] entries)
    {
        _pages[PackageName.Parse(name)] = PageOf(name) with { LeftOut = [.. PageOf(name).LeftOut, .. entries] };
        return this;
    }

    public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        Ask(name.Normalized);
        return Task.FromResult(_pages.GetValueOrDefault(name));
    }

    public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        Ask(wheel.FileName);
        return Task.FromResult(ServedMetadata.Of(_metadata[wheel.FileName]));
    }

    private void Ask(string what)
    {
        Asked.Enqueue(what);
        if (Failing.Contains(what)) throw new IndexException("SP-INDEX-02", "it answered 500", null);
    }

    private ProjectPage PageOf(string name) =>
        _pages.GetValueOrDefault(PackageName.Parse(name)) ?? new ProjectPage { Name = PackageName.Parse(name), Files = [] };
}

/// <summary>One release as it is offered.</summary>
internal sealed record Offer(string Name, string Version)
{
    public IReadOnlyList<string> Requires { get; init; } = [];

    public IReadOnlyList<string> Extras { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = ["py3-none-any"];

    public bool HasSdist { get; init; }

    public string? RequiresPython { get; init; }

    /// <summary>What the page says, where it says something else than METADATA.</summary>
    public string? PageRequiresPython { get; init; }

    public string? Yanked { get; init; }

    public DateTimeOffset? UploadTime { get; init; } = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public bool HasDigest { get; init; } = true;

    /// <summary>METADATA, where it is to be something else.</summary>
    public string? OtherMetadata { get; init; }

    public string WheelName(string tag) => $"{PackageName.Parse(Name).Escaped}-{Version}-{tag}.whl";

    public static Sha256Digest DigestOf(string fileName) => Sha256Digest.Of(Encoding.UTF8.GetBytes(fileName));

    public IEnumerable<IndexFile> Files()
    {
        foreach (string tag in Tags) yield return File(WheelName(tag), hasMetadata: true);
        if (HasSdist) yield return File($"{PackageName.Parse(Name).Escaped}-{Version}.tar.gz", hasMetadata: false);
    }

    public string Metadata() => OtherMetadata ?? string.Join('\n', [
        "Metadata-Version: 2.2",
        $"Name: {Name}",
        $"Version: {Version}",
        .. RequiresPython is null ? (string[])[] : [$"Requires-Python: {RequiresPython}"],
        .. Extras.Select(extra => $"Provides-Extra: {extra}"),
        .. Requires.Select(requirement => $"Requires-Dist: {requirement}"),
    ]) + "\n";

    private IndexFile File(string fileName, bool hasMetadata) => new(
        fileName,
        new Uri($"https://index.example/files/{Uri.EscapeDataString(fileName)}"),
        HasDigest ? DigestOf(fileName) : null,
        Size: null, UploadTime, PageRequiresPython ?? RequiresPython, Yanked, hasMetadata, MetadataSha256: null);
}
