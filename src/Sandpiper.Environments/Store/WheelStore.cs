using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Environments.Store;

/// <summary>The content-addressed store of sealed wheels below a data root. Safe for several threads and several commands at once.</summary>
public sealed class WheelStore(string root)
{
    /// <summary>The entry of this wheel; null when it is not sealed here.</summary>
    /// <exception cref="StoreDamagedException">The entry's manifest is not what a seal writes.</exception>
    public SealedWheel? Find(Sha256Digest digest) => throw new NotImplementedException(root);

    /// <summary>Inspects a downloaded wheel, unpacks it and seals it. Of several that seal the same wheel, one entry wins and all get it.</summary>
    /// <param name="name">As the index or the lock named it.</param>
    /// <param name="digest">Of <paramref name="wheelFile"/>; already checked by who downloaded it.</param>
    /// <param name="wheelFile">Path of the file.</param>
    /// <param name="resolvedMetadata">The <c>.metadata</c> document it was chosen on; null when it was chosen on the wheel itself.</param>
    /// <exception cref="WheelRefusedException">The wheel contradicts itself; says by which rule.</exception>
    /// <exception cref="Archives.ArchiveRefusedException">The archive does.</exception>
    public SealedWheel Seal(
        WheelFileName name, Sha256Digest digest, string wheelFile, ReadOnlyMemory<byte>? resolvedMetadata, Staging staging, CancellationToken cancel) =>
        throw new NotImplementedException(root);

    /// <summary>METADATA of a sealed wheel.</summary>
    public ReadOnlyMemory<byte> ReadMetadata(SealedWheel wheel) => throw new NotImplementedException(root);
}
