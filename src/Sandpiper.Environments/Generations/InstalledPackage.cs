using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;

namespace Sandpiper.Environments.Generations;

/// <summary>One package of a generation, and how it came there.</summary>
public sealed record InstalledPackage
{
    public required PackageName Name { get; init; }

    public required Pep440Version Version { get; init; }

    public required string WheelFileName { get; init; }

    /// <summary>Of the wheel: its entry in the store.</summary>
    public required Sha256Digest Digest { get; init; }

    /// <summary>
    /// Of the manifest of its entry in the store, which says what every file of it is; the default value in a generation of an earlier
    /// version.
    /// </summary>
    public Sha256Digest Manifest { get; init; }

    /// <summary>
    /// Of its RECORD, where that lies in the store, and its directory is a link; the default value where it is one of the generation's
    /// written files.
    /// </summary>
    public Sha256Digest Record { get; init; }

    /// <summary>The user asked for it by name.</summary>
    public required bool IsRequested { get; init; }

    /// <summary>In the user's words, <c>six&gt;=1</c>; null when nobody asked for it by name.</summary>
    public string? Requirement { get; init; }

    /// <summary>Its own needs were not followed (<c>--no-deps</c>).</summary>
    public bool IsAlone { get; init; }

    public ImmutableArray<PackageName> Extras { get; init; } = [];

    public ImmutableArray<PackageName> RequiredBy { get; init; } = [];

    /// <summary>Address of the file at the index, without credentials.</summary>
    public required string Index { get; init; }

    /// <summary>Address of the index that owns its name (P7), without credentials; empty in a generation of an earlier version.</summary>
    public string OwningIndex { get; init; } = "";

    /// <summary>Start-up hooks of its wheel that are not here.</summary>
    public ImmutableArray<string> OmittedHooks { get; init; } = [];

    /// <summary>Start-up hooks that are here because the user allowed them.</summary>
    public ImmutableArray<string> AllowedHooks { get; init; } = [];

    /// <summary>What rules say against it and somebody accepted, hooks among it.</summary>
    public ImmutableArray<Acceptance> Accepted { get; init; } = [];

    /// <summary>Paths of the environment that it would have too, and that belong to another package.</summary>
    public ImmutableArray<string> Yielded { get; init; } = [];
}
