using System.Collections.Immutable;
using Sandpiper.Auditing.Advisories;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.Looking;
using Sandpiper.Auditing.People;
using Sandpiper.Auditing.Places;
using Sandpiper.Auditing.Records;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Auditing;

/// <summary>
/// What is already there and should worry, in one directory of packages. Nothing in it is imported, run or written, and no program started.
/// </summary>
/// <param name="accounts">Of this machine.</param>
/// <param name="caller">Who asks, and so is trusted with what is his; null: whose a place is, is.</param>
/// <param name="advisories">Null: none are at hand.</param>
public sealed class Audit(Accounts accounts, uint? caller, AdvisoryBook? advisories)
{
    private const int MostNames = 200_000;

    /// <summary>The corridor: who may write, what is recorded, whose each file is, what differs, what is known of it elsewhere.</summary>
    /// <exception cref="IOException">It may not be read.</exception>
    /// <exception cref="DirectoryNotFoundException">It is gone.</exception>
    public SiteReport Of(Site site, CancellationToken cancel)
    {
        using ForeignTree tree = ForeignTree.TryOpen(site.Directory) ?? throw new DirectoryNotFoundException(site.Directory);
        var findings = new List<AuditFinding>();
        var writers = new Writers(accounts, Trusted(site, tree));
        SystemPackages system = SystemPackages.Below(site.Directory, cancel);
        ImmutableArray<Distribution> packages = PackagesIn(tree, system);
        var claims = new Claims(site, packages, system, findings);
        var look = new SiteLook(site, tree, claims, writers, findings, cancel);
        look.Judge(packages);
        if (advisories is not null)
            findings.AddRange(packages.SelectMany(p => advisories.About(p.Name, p.Version, p.Label, $"{site.Directory}/{p.Directory}")));
        return new SiteReport(site, [.. packages.Select(p => p.Label)], look.Files,
            [.. findings.OrderBy(f => f.Kind).ThenBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.Seen, StringComparer.Ordinal)],
            accounts.UserOf(tree.Status.UserId))
        {
            Recorded = packages,
            HasForeignPackages = packages.Any(p => !p.IsOfTheSystem),
        };
    }

    /// <summary>What is recorded in a site, without looking at its files.</summary>
    public static ImmutableArray<Distribution> RecordedIn(ForeignTree tree, Site site, CancellationToken cancel) =>
        PackagesIn(tree, SystemPackages.Below(site.Directory, cancel));

    private static ImmutableArray<Distribution> PackagesIn(ForeignTree tree, SystemPackages system)
    {
        var entries = new List<ForeignTree.Entry>();
        tree.TryList([], MostNames, entries);
        var reader = new DistributionReader(tree);
        return [.. entries.Select(e => (Name: ShownName.Of(e.Path.Span, out bool isText), IsText: isText, e.Status))
            .Where(e => e is { IsText: true, Status: not null } && !e.Name.StartsWith('~'))
            .Select(e => reader.Read(e.Name, e.Status!.Value)).OfType<Distribution>()
            .Select(p => p with { IsOfTheSystem = system.Brought(p.Directory) })
            .OrderBy(d => d.Label, StringComparer.Ordinal)];
    }

    // From a Python of the machine root imports, too: nobody else may be trusted with it, whoever asks. One that was installed by a user
    // for himself (pyenv, conda) has its standard library from him.
    private ImmutableArray<uint> Trusted(Site site, ForeignTree tree)
    {
        uint whose = caller ?? tree.Status.UserId;
        bool isOwn = site.Library is { } library && FileStatus.TryRead(library, out FileStatus status) && status.UserId == whose;
        return site.Kind == SiteKind.System && !isOwn ? [0] : [0, whose];
    }
}
