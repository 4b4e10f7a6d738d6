using System.Collections.Frozen;
using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;

namespace Sandpiper.Wheels;

/// <summary>RECORD of a wheel held against its files: "installers must verify that every file is listed, and matches its hash".</summary>
/// <remarks>Neither pip nor uv does (2026), and the index only writes mails; of 344 popular wheels none would be refused.</remarks>
public sealed class FileListing(ImmutableArray<RecordRow> rows, DistInfo distInfo, InspectionReport report)
{
    private static readonly Sha256Digest OfNothing = Sha256Digest.Of([]);

    private readonly FrozenDictionary<string, RecordRow> _rows = rows.ToFrozenDictionary(r => r.Path, StringComparer.Ordinal);

    /// <summary>Finds SP-WHEEL-06, SP-WHEEL-07 and SP-WHEEL-09.</summary>
    public void CompareNames(WheelContents contents)
    {
        foreach (var file in contents.Files)
        {
            if (CannotBeHashed(file.Name)) continue;
            if (!_rows.TryGetValue(file.Name, out var row)) report.Add(new Finding(Fault.NotListed, file.Name));
            else if (row.Digest is null) report.Add(new Finding(Fault.NoHash, file.Name, row.OtherHash));
        }
        int directories = 0;
        foreach (var row in rows)
        {
            if (IsDirectory(row, contents)) directories++;
            else if (!contents.Has(row.Path)) report.Add(new Finding(Fault.NotThere, row.Path));
        }
        if (directories > 0)
            report.Note($"{directories} {(directories == 1 ? "row" : "rows")} of RECORD passed over: they name directories");
    }

    /// <summary>Finds SP-WHEEL-08 in a file as it was just inflated. Safe for several threads.</summary>
    public void CompareContent(string path, in MeasuredContent seen)
    {
        if (!_rows.TryGetValue(path, out var row)) return;
        if (row.Size is { } size && size != seen.Size)
            report.Add(new Finding(Fault.OtherSize, path, $"{seen.Size} bytes", $"{size}"));
        if (row.Digest is { } digest && digest != seen.Digest)
            report.Add(new Finding(Fault.OtherContent, path, seen.Digest.Hex, digest.Hex));
    }

    // "Directories should not be listed" (PyPA "Recording installed projects"), and a release of `wheel tags` did. Such a row says nothing
    // about any file, as long as it claims no content.
    private static bool IsDirectory(RecordRow row, WheelContents contents) =>
        row.Path.EndsWith('/') && contents.HasDirectory(row.Path[..^1]) && row.Size is null or 0
        && row.OtherHash is null && (row.Digest is null || row.Digest == OfNothing);

    // RECORD cannot hold its own hash, nor those of signatures over it (PyPA "Binary distribution format").
    private bool CannotBeHashed(string path) =>
        path.StartsWith(distInfo.RecordPath, StringComparison.Ordinal) && path[distInfo.RecordPath.Length..] is "" or ".jws" or ".p7s";
}
