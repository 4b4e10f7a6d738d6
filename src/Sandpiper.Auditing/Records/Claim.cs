using Sandpiper.Packaging.Names;

namespace Sandpiper.Auditing.Records;

/// <summary>What somebody says of a file.</summary>
/// <param name="Owner">A package with its version, or a package of the system.</param>
/// <param name="Digest">Null: only that it is his.</param>
/// <param name="Size">Bytes; null: not said.</param>
internal sealed record Claim(string Owner, Sha256Digest? Digest, long? Size)
{
    /// <summary>In hexadecimal, all that a package of the system says.</summary>
    public string? Md5 { get; init; }
}
