using Sandpiper.Packaging.Names;

namespace Sandpiper.Store;

/// <summary>An entry of the store is not what was sealed. Nothing is composed from it; verifying and repairing deal with it.</summary>
public sealed class StoreDamagedException(Sha256Digest digest, string because) : Exception($"{because}: {digest}")
{
    public Sha256Digest Digest { get; } = digest;

    public string Because { get; } = because;

    /// <summary>It is on record: the next command that needs the entry fetches the wheel anew. No environment was changed.</summary>
    public bool IsDistrusted { get; init; }
}
