using Sandpiper.Packaging.Names;

namespace Sandpiper.Store;

/// <summary>An entry of the store is not what was sealed. Nothing is composed from it; verifying and repairing deal with it.</summary>
public sealed class StoreDamagedException(Sha256Digest digest, string because) : Exception($"{because}: {digest}")
{
    public Sha256Digest Digest { get; } = digest;

    public string Because { get; } = because;

    /// <summary>The entry was taken out of the store: the next command that needs it fetches it anew. No environment was changed.</summary>
    public bool WasDiscarded { get; init; }
}
