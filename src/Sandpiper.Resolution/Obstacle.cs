using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>Why a release cannot be chosen: facts, which are equal where one sentence tells them.</summary>
public abstract record Obstacle
{
    private Obstacle() { }

    /// <summary>The package that stands in the way, where it is another one.</summary>
    internal virtual PackageName? On => null;

    /// <summary>Hashes are required, and the user gave none of it.</summary>
    public sealed record NoHash : Obstacle;

    /// <summary>Its files have other hashes than the user gave.</summary>
    public sealed record OtherHash : Obstacle;

    /// <summary>It is a pre-release, and these were ruled out.</summary>
    public sealed record Prerelease : Obstacle;

    /// <param name="Uploaded">The day; null: the index does not say.</param>
    /// <param name="Limit">What the user set.</param>
    public sealed record TooNew(DateOnly? Uploaded, DateTimeOffset Limit) : Obstacle;

    /// <param name="Requires">Requires-Python, as written.</param>
    /// <param name="Python">The interpreter's version.</param>
    public sealed record OtherPython(string Requires, string Python) : Obstacle;

    /// <param name="Reason">May be empty.</param>
    public sealed record Yanked(string Reason) : Obstacle;

    /// <summary>Its wheels are for others.</summary>
    /// <param name="Tags">One of each wheel.</param>
    public sealed record OtherTags(ImmutableArray<string> Tags) : Obstacle
    {
        public bool Equals(OtherTags? other) => other is not null && Tags.AsSpan().SequenceEqual(other.Tags.AsSpan());

        public override int GetHashCode() => Tags.Length;
    }

    /// <summary>It has only a source distribution.</summary>
    public sealed record NeedsBuilding : Obstacle;

    /// <summary>It has no file whose name can be understood.</summary>
    public sealed record NoFile : Obstacle;

    /// <param name="Problem">What is wrong with its METADATA.</param>
    public sealed record UnreadableMetadata(string Problem) : Obstacle;

    /// <summary>Its METADATA is that of something else.</summary>
    public sealed record OtherMetadata(PackageName Name, Pep440Version Version) : Obstacle;

    /// <summary>It has a marker that compares what cannot be compared.</summary>
    public sealed record UndefinedMarker(Marker Marker) : Obstacle;

    /// <summary>It wants a package from an address of its own, which is not followed.</summary>
    public sealed record FromAddress(PackageName Name) : Obstacle;

    /// <summary>It needs what no version fits.</summary>
    public sealed record NothingFits(Requirement Need) : Obstacle
    {
        internal override PackageName? On => Need.Name;
    }

    /// <summary>Its needs lead, over others, to a package of which no version fits.</summary>
    public sealed record LeadsToNothing(PackageName Name) : Obstacle
    {
        internal override PackageName? On => Name;
    }

    /// <summary>It needs what somebody else rules out.</summary>
    public sealed record Against(Requirement Need, Ask Other) : Obstacle
    {
        internal override PackageName? On => Need.Name;
    }

    /// <summary>It needs another version than was chosen before.</summary>
    public sealed record AgainstChoice(Requirement Need, Pep440Version Chosen) : Obstacle
    {
        internal override PackageName? On => Need.Name;
    }

    /// <summary>Many releases that need, each for a reason of its own, versions of one package that do not fit.</summary>
    public sealed record OtherVersions(PackageName Name) : Obstacle;

    /// <summary>The search was given up before it was known.</summary>
    internal sealed record NotLookedAt : Obstacle;
}

/// <summary>A release that was taken back, and where the search ended that began with it.</summary>
internal sealed record Rejection(Obstacle Obstacle, DeadEnd? Behind = null);
