using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Auditing.Advisories;

/// <summary>What one record says of one package (OSV schema 1.7).</summary>
/// <param name="Id"><c>PYSEC-2026-1</c>, <c>GHSA-…</c>; malware <c>MAL-…</c>.</param>
/// <param name="Versions">Named one by one; compared as PEP 440 compares.</param>
/// <param name="Ranges">Any of which may hold.</param>
public sealed record Advisory(
    string Id, PackageName Package, string? Summary, ImmutableArray<string> Versions, ImmutableArray<AdvisoryRange> Ranges)
{
    /// <summary>Something in it could not be read as a version: whether it is about a release cannot be told, so that it counts.</summary>
    public bool IsUnclear { get; init; }

    /// <summary>That somebody made the release to do harm.</summary>
    public bool IsMalware => Id.StartsWith("MAL-", StringComparison.Ordinal);

    /// <param name="version">Null: it is not known which, so that every record counts.</param>
    public bool IsAbout(Pep440Version? version) => IsUnclear || version is not { } known
        // A record without any version is about all of them: a name that was only ever malware.
        || (Versions.IsEmpty && Ranges.IsEmpty)
        || Versions.Any(v => Pep440Version.TryParse(v, out Pep440Version named, out _) && named == known)
        || Ranges.Any(r => r.Contains(known));
}
