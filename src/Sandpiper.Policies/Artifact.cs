using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Policies;

/// <summary>One file that an index offers, by what it calls itself and by its bytes.</summary>
/// <param name="Digest">The zero value where the bytes were never had.</param>
public sealed record Artifact(PackageName Name, Pep440Version Version, Sha256Digest Digest)
{
    /// <summary><c>six 1.17.0</c>.</summary>
    public override string ToString() => $"{Name} {Version}";
}
