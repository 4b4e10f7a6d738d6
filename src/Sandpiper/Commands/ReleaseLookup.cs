using System.Collections.Immutable;
using Sandpiper.Auditing;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.Records;
using Sandpiper.Console;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Commands;

/// <summary>
/// Asks the indexes whether they know what is installed: the release, and the METADATA of one of its wheels, by its SHA-256. What an index
/// is told are names of packages.
/// </summary>
internal sealed class ReleaseLookup(IPackageIndex index)
{
    // Wheels of a release of which the page gives no digest: so many are asked for theirs.
    private const int MostAsked = 4;

    // What came with the system, or is imported from a project, no index need know.
    public static ImmutableArray<Distribution> AskedAbout(SiteReport report) =>
        [.. report.Recorded.Where(p => p is { IsOfTheSystem: false, EditableFrom: null, Name: not null, Version: not null })];

    /// <exception cref="IndexException">An index did not answer as one: nothing is known then.</exception>
    public async Task<SiteReport> AddToAsync(SiteReport report, CancellationToken cancel)
    {
        var findings = new List<AuditFinding>();
        foreach (Distribution package in AskedAbout(report))
        {
            if (await KindOfAsync(package, cancel) is { } kind)
            {
                findings.Add(new(kind, kind == AuditKind.NotCompared ? Gravity.Note : Gravity.Alarm,
                    $"{report.Site.Directory}/{package.Directory}") { Packages = [package.Label] });
            }
        }
        // Behind the others, for these kinds are the last, and ordered as those are.
        return report with { Findings = [.. report.Findings, .. findings.OrderBy(f => f.Kind)] };
    }

    private async Task<AuditKind?> KindOfAsync(Distribution package, CancellationToken cancel)
    {
        ProjectPage? page = await index.GetPageAsync(package.Name!.Value, cancel);
        if (page?.Releases.FirstOrDefault(r => r.Version.Equals(package.Version!.Value)) is not { } release)
            return AuditKind.UnknownRelease;
        if (package.MetadataDigest is not { } installed) return AuditKind.NotCompared;
        bool isCompared = false;
        int asked = 0;
        foreach (IndexFile wheel in release.Wheels)
        {
            if (wheel.MetadataSha256 is null && asked++ == MostAsked) break;
            isCompared = true;
            if (await DigestOfAsync(wheel, cancel) == installed) return null;
        }
        // A wheel that was built here, of the source that the index has, need not have the METADATA of those that the index has.
        return isCompared ? AuditKind.UnknownContent : AuditKind.NotCompared;
    }

    private async Task<Sha256Digest> DigestOfAsync(IndexFile wheel, CancellationToken cancel)
    {
        if (wheel.MetadataSha256 is { } promised) return promised;
        using ServedMetadata served = await index.GetMetadataAsync(wheel, cancel);
        return served.Digest;
    }
}
