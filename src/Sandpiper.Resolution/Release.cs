using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Resolution;

/// <summary>One version of a project: its files as the page lists them, and what was found out about them.</summary>
internal sealed class Release(PageRelease listed)
{
    private Lazy<Task<ReleaseMetadata>>? _metadata;

    public Pep440Version Version => listed.Version;

    /// <summary>Files whose names say that they are wheels of this version.</summary>
    public IEnumerable<IndexFile> Wheels => listed.Wheels;

    /// <summary>Those of them that may have a tag that is accepted.</summary>
    public IEnumerable<IndexFile> WheelsThatMayFit(SupportedTags tags) => listed.WheelsNamed(tags.MayFit);

    public bool HasSdist => listed.HasSdist;

    /// <summary>Null until somebody looked; looking twice gives the same.</summary>
    public Verdict? Verdict { get; set; }

    /// <summary>The search has looked at its METADATA.</summary>
    public bool IsLookedAt { get; set; }

    /// <summary>The search has had it looked at ahead of need.</summary>
    public bool IsForeseen { get; set; }

    /// <summary>Its METADATA, asked for once by whoever comes first; from any thread.</summary>
    public Task<ReleaseMetadata> MetadataFrom(Func<Release, Task<ReleaseMetadata>> ask)
    {
        Lazy<Task<ReleaseMetadata>>? known = Volatile.Read(ref _metadata);
        if (known is null)
        {
            var own = new Lazy<Task<ReleaseMetadata>>(() => ask(this));
            known = Interlocked.CompareExchange(ref _metadata, own, comparand: null) ?? own;
        }
        return known.Value;
    }

    /// <summary>The same once somebody has asked; null before.</summary>
    public Task? Asked => Volatile.Read(ref _metadata)?.Value;
}

/// <summary>The wheel to take of a release, or why there is none.</summary>
internal sealed record Verdict(WheelFileName? Wheel, IndexFile? File, Obstacle? Obstacle);
