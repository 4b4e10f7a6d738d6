using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Resolution;

namespace Sandpiper.Environments.Installing;

/// <summary>One package that the next generation shall hold, and where its wheel comes from.</summary>
/// <param name="Digest">Of its wheel; null only until it is downloaded, when the index gives none.</param>
/// <param name="Pin">The resolver's choice; null for a package that is kept without having been looked at (<c>--no-deps</c>).</param>
internal sealed record SelectedPackage(
    PackageName Name,
    Pep440Version Version,
    Sha256Digest? Digest,
    Pin? Pin,
    bool IsRequested,
    string? Requirement,
    ImmutableArray<PackageName> Extras,
    ImmutableArray<PackageName> RequiredBy,
    string Index,
    ImmutableArray<string> Notes)
{
    /// <summary>A package that stays exactly as it is.</summary>
    public static SelectedPackage Kept(InstalledPackage package) => new(
        package.Name, package.Version, package.Digest, Pin: null, package.IsRequested, package.Requirement, package.Extras, package.RequiredBy, package.Index, []);
}
