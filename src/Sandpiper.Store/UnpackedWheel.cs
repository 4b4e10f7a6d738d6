using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;

namespace Sandpiper.Store;

/// <summary>
/// A wheel that was inspected and lies unpacked in staging: what is found can be judged now,
/// and then it is sealed or dropped.
/// </summary>
/// <param name="Work">The directory that would become the store's entry.</param>
public sealed record UnpackedWheel(WheelFileName Name, Sha256Digest Digest, InspectedWheel Inspected, string Work)
{
    public Artifact Artifact => new(Name.Name, Name.Version, Digest);

    /// <summary>Of METADATA, in the wheel.</summary>
    public string MetadataPath => $"{Inspected.DistInfo}/METADATA";

    /// <summary>METADATA as it was unpacked.</summary>
    public ReadOnlyMemory<byte> ReadMetadata() => File.ReadAllBytes(Path.Combine(Work, SealedWheel.TreeName, MetadataPath));
}
