using Sandpiper.Packaging.Names;

namespace Sandpiper.Wheels;

/// <summary>One file of a sealed wheel.</summary>
/// <param name="Scheme">Where it goes.</param>
/// <param name="Path">Relative to the scheme's directory, <c>/</c>-separated.</param>
/// <param name="StorePath">Relative to the entry's <c>wheel/</c> directory: its name in the wheel.</param>
/// <param name="Digest">Of its content, as measured while it was written; equal to what RECORD says.</param>
/// <param name="Size">In bytes.</param>
/// <param name="IsExecutable">The archive's mode had the owner's execute bit.</param>
/// <param name="Kind">What has to be known of it before it is used.</param>
public sealed record StoredFile(
    Scheme Scheme, string Path, string StorePath, Sha256Digest Digest, long Size, bool IsExecutable, StoredFileKind Kind)
{
    /// <summary>
    /// Native code that may look for libraries beside its wheel, where another package has put them: its directory must lie in the
    /// environment itself, not behind a link.
    /// </summary>
    public bool ReachesOut { get; init; }
}
