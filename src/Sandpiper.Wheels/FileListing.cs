using System.Collections.Frozen;
using System.Collections.Immutable;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Wheels;

/// <summary>RECORD of a wheel held against its files: "installers must verify that every file is listed, and matches its hash".</summary>
/// <remarks>Neither pip nor uv does (2026), and the index only writes mails; of 344 popular wheels none would be refused.</remarks>
public sealed class FileListing(ImmutableArray<RecordRow> rows, DistInfo distInfo, Objections objections)
{
    private readonly FrozenDictionary<string, RecordRow> _rows = rows.ToFrozenDictionary(r => r.Path, StringComparer.Ordinal);

    /// <exception cref="WheelRefusedException">SP-WHEEL-06, SP-WHEEL-07, SP-WHEEL-09.</exception>
    public void MustListExactly(WheelContents contents)
    {
        foreach (var file in contents.Files)
        {
            if (CannotBeHashed(file.Name)) continue;
            if (!_rows.TryGetValue(file.Name, out var row)) objections.Raise("SP-WHEEL-06", "RECORD does not list a file", file.Name);
            else if (row.Digest is null) objections.Raise("SP-WHEEL-09", "RECORD gives no SHA-256 for a file", file.Name);
        }
        foreach (var row in rows)
        {
            if (!contents.Has(row.Path)) objections.Raise("SP-WHEEL-07", "RECORD lists a file that is not there", row.Path);
        }
    }

    /// <summary>The file as it was just inflated. Safe for several threads.</summary>
    /// <exception cref="WheelRefusedException">SP-WHEEL-08.</exception>
    public void MustMatch(string path, in MeasuredContent seen)
    {
        if (!_rows.TryGetValue(path, out var row)) return;
        if (row.Size is { } size && size != seen.Size)
            objections.Raise("SP-WHEEL-08", "a file is not as long as RECORD says", path, $"{seen.Size} bytes, RECORD says {size}");
        if (row.Digest is { } digest && digest != seen.Digest)
            objections.Raise("SP-WHEEL-08", "a file's SHA-256 is not what RECORD says", path, $"{seen.Digest}, RECORD says {digest}");
    }

    // RECORD cannot hold its own hash, nor those of signatures over it (PyPA "Binary distribution format").
    private bool CannotBeHashed(string path) =>
        path.StartsWith(distInfo.RecordPath, StringComparison.Ordinal) && path[distInfo.RecordPath.Length..] is "" or ".jws" or ".p7s";
}
