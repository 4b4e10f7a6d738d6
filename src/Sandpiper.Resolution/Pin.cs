using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Resolution;

/// <summary>One package of a solution.</summary>
/// <param name="Wheel">The file's name, taken apart.</param>
/// <param name="File">The file that the index offers.</param>
/// <param name="Expected">Digests one of which the file must have: the user's where he gave any, else the index's.</param>
/// <param name="Metadata">What was resolved on; the wheel's own METADATA must say the same.</param>
/// <param name="MetadataDigest">Of that document.</param>
/// <param name="Extras">Extras that somebody asked for.</param>
/// <param name="RequiredBy">Why it is here: names of packages, or none when only the user asked.</param>
/// <param name="IsRequested">The user asked for it by name.</param>
/// <param name="Notes">What a person should hear: a yanked version that was pinned, an extra that does not exist.</param>
public sealed record Pin(
    WheelFileName Wheel,
    IndexFile File,
    ImmutableArray<Sha256Digest> Expected,
    CoreMetadata Metadata,
    Sha256Digest MetadataDigest,
    ImmutableArray<PackageName> Extras,
    ImmutableArray<PackageName> RequiredBy,
    bool IsRequested,
    ImmutableArray<string> Notes)
{
    public PackageName Name => Wheel.Name;

    public Pep440Version Version => Wheel.Version;
}
