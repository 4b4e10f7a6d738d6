using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>One fact of why nothing fits, which a person can check. They are told in the order in which they stand.</summary>
public abstract record Reason
{
    private Reason() { }

    /// <summary>Who asks for a package; what comes of it is told by what follows.</summary>
    public sealed record Asked(ImmutableArray<Ask> Asks) : Reason;

    /// <summary>No index has the package.</summary>
    public sealed record NoProject(ImmutableArray<Ask> Asks, PackageName Name) : Reason;

    /// <summary>Its page lists nothing that could be installed: it is quarantined, or has no usable file.</summary>
    public sealed record NoFiles(ImmutableArray<Ask> Asks, ProjectPage Page) : Reason;

    /// <summary>There are versions, and none is what is asked for.</summary>
    /// <param name="IsContradiction">Each who asks could have one, but not all together.</param>
    public sealed record NoVersion(
        ImmutableArray<Ask> Asks, PackageName Name, Pep440Version Oldest, Pep440Version Newest, bool IsSingle, bool IsContradiction)
        : Reason;

    /// <summary>Versions that all who ask would take, and what stands in the way.</summary>
    /// <param name="Versions">Newest first.</param>
    public sealed record Rejected(PackageName Name, ImmutableArray<Pep440Version> Versions, Obstacle Obstacle) : Reason;

    /// <param name="Version">The newest with a wheel that fits here; null: none has one.</param>
    public sealed record NewestWheel(PackageName Name, Pep440Version? Version) : Reason;

    /// <summary>A line of the user with a marker that compares what cannot be compared.</summary>
    public sealed record UndefinedMarker(RequirementLine Line) : Reason;

    /// <summary>A line of the user that names an address.</summary>
    public sealed record FromAddress(RequirementLine Line) : Reason;

    /// <summary>A line of the user without a hash, where each must have one.</summary>
    public sealed record NoHash(RequirementLine Line) : Reason;

    /// <summary>Entries of a page that were left out: with them there might have been a version.</summary>
    public sealed record LeftOut(ProjectPage Page) : Reason;

    /// <summary>The search was given up without an answer.</summary>
    public sealed record GivenUp(SearchLimit Limit, PackageName Name, int Versions) : Reason;
}

/// <summary>What made a search end without an answer.</summary>
public enum SearchLimit
{
    /// <summary>Too many combinations contradict each other.</summary>
    Combinations,

    /// <summary>Too many versions of one package were looked at.</summary>
    Versions,

    /// <summary>Too many versions of one package have METADATA that cannot be used.</summary>
    UnusableMetadata,
}

/// <summary>Something to ask for instead.</summary>
public abstract record Suggestion
{
    private Suggestion() { }

    /// <summary>This version has a wheel that fits here.</summary>
    public sealed record Version(PackageName Name, Pep440Version Wheel) : Suggestion;

    /// <summary>A later limit than that of <c>--exclude-newer</c>.</summary>
    public sealed record LaterLimit(PackageName Name) : Suggestion;

    /// <summary>A version of one's own choice, which makes the search short.</summary>
    public sealed record OwnChoice(PackageName Name) : Suggestion;
}
