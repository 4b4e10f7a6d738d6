using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Wheels;

/// <summary>One row of RECORD. <see cref="Digest"/> and <see cref="Size"/> are null only where the row leaves them empty.</summary>
/// <param name="Path">As written: <c>/</c>-separated, relative to the place of the package; not yet judged safe.</param>
public sealed record RecordRow(string Path, Sha256Digest? Digest, long? Size);

/// <summary>RECORD of a wheel (PyPA "Recording installed projects").</summary>
public static class RecordFile
{
    /// <summary>Strict: UTF-8, three fields a row, sha256 or an empty hash only, no path twice, at most <see cref="MaxRows"/> rows.</summary>
    public static bool TryParse(ReadOnlySpan<byte> content, out ImmutableArray<RecordRow> rows, out string problem) => throw new NotImplementedException();

    public const int MaxRows = 200_000;

    public static string Write(IEnumerable<RecordRow> rows) => throw new NotImplementedException();
}
