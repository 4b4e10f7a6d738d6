using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Wheels;

/// <summary>One row of RECORD. <see cref="Digest"/> and <see cref="Size"/> are null only where the row leaves them empty.</summary>
/// <param name="Path">As written: <c>/</c>-separated, relative to the place of the package; not yet judged safe.</param>
/// <param name="Digest">Of the file's content.</param>
/// <param name="Size">Bytes.</param>
public sealed record RecordRow(string Path, Sha256Digest? Digest, long? Size);
