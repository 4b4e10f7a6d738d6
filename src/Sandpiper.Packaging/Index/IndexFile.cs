using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Index;

/// <summary>One file that an index offers.</summary>
/// <param name="FileName">Its name; equal to the last segment of <paramref name="Url"/> decoded once.</param>
/// <param name="Url">Absolute.</param>
/// <param name="Sha256">As the index says; null when it gives none: then the file cannot be installed unless the user gives a hash.</param>
/// <param name="Size">Bytes, or null on older servers.</param>
/// <param name="UploadTime">Null when the index does not say.</param>
/// <param name="RequiresPython">As written; null when absent.</param>
/// <param name="YankedReason">Null: not yanked. Empty: yanked without a reason.</param>
/// <param name="HasMetadata">A <c>.metadata</c> file is offered beside it (PEP 658, PEP 714).</param>
/// <param name="MetadataSha256">The digest of that file where the index gives one.</param>
public sealed record IndexFile(
    string FileName,
    Uri Url,
    Sha256Digest? Sha256,
    long? Size,
    DateTimeOffset? UploadTime,
    string? RequiresPython,
    string? YankedReason,
    bool HasMetadata,
    Sha256Digest? MetadataSha256);
