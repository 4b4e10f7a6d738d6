using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Wheels;

/// <summary>
/// One row of RECORD. <see cref="Digest"/> is null where it gives no SHA-256,
/// <see cref="Size"/> where it leaves it empty.
/// </summary>
/// <param name="Path">As written: <c>/</c>-separated, relative to the place of the package; not yet judged safe.</param>
/// <param name="Digest">Of the file's content.</param>
/// <param name="Size">Bytes.</param>
public sealed record RecordRow(string Path, Sha256Digest? Digest, long? Size)
{
    /// <summary>As written, where the row has a hash that is no SHA-256; then <see cref="Digest"/> is null.</summary>
    public string? OtherHash { get; init; }
}
