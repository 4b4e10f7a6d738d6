using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Metadata;

/// <summary>The fields of METADATA that installing needs (PyPA "Core metadata").</summary>
public sealed record CoreMetadata
{
    public required PackageName Name { get; init; }
    public required Pep440Version Version { get; init; }
    public ImmutableArray<Requirement> RequiresDist { get; init; } = [];

    /// <summary>Null: any Python.</summary>
    public SpecifierSet? RequiresPython { get; init; }
    public ImmutableArray<PackageName> ProvidesExtra { get; init; } = [];
    public string? Summary { get; init; }
    public string? License { get; init; }
    public string? HomePage { get; init; }

    /// <summary>Repairs that were needed to understand it (an old spelling in Requires-Dist, say); shown with <c>-v</c>.</summary>
    public ImmutableArray<string> Repairs { get; init; } = [];

    public static bool TryParse(ReadOnlySpan<byte> content, [NotNullWhen(true)] out CoreMetadata? metadata, out string problem) => throw new NotImplementedException();

    /// <summary>
    /// The first field on which both differ among Name, Version, Requires-Dist, Requires-Python, Provides-Extra; null when they say the
    /// same: what was resolved on (<c>.metadata</c>) must be what is installed (P3).
    /// </summary>
    public string? FirstDifference(CoreMetadata other) => throw new NotImplementedException();
}
