using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using Sandpiper.Archives;
using Sandpiper.Auditing;
using Sandpiper.Auditing.Advisories;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.People;
using Sandpiper.Auditing.Places;
using Sandpiper.Console;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Commands;

/// <summary><c>audit</c>: what is already installed, by whatever tool, and should worry.</summary>
internal static class AuditCommand
{
    public static Command Build()
    {
        var place = new Argument<string?>("PYTHON|DIR") { Arity = ArgumentArity.ZeroOrOne };
        var osv = new TextOption("--osv")
        {
            HelpName = "FILE", Description = "records of known malware and vulnerabilities: a dump of OSV, as ZIP, directory or JSON",
        };
        var online = new Option<bool>("--online")
        {
            Description = "also ask the indexes whether they know what is installed; they are told the names of all packages",
        };
        var sarif = new Option<bool>("--sarif") { Description = "the findings as SARIF 2.1.0 on standard output" };
        var command = new TaughtCommand("audit", "what is wrong in an existing site-packages?",
            [
                new("sandpiper audit .venv", "one environment"),
                new("sandpiper audit .venv --osv all.zip", "also against a dump of known malware"),
                new("sandpiper audit .venv --online", "is each release one that the index has?"),
                new("sandpiper audit .venv --sarif", "for a machine that collects findings"),
            ],
            [
                "Without a name it looks at every Python on your PATH, and at every environment in your home.",
                "It looks at what pip, uv, the system or anybody put there: files that no RECORD owns or that differ from it, code that "
                + "runs at every start, who else may write there, names that stand in for the standard library's or the system's, byte "
                + "code that is not of its source. Nothing of it is imported or run, no Python is started, nothing is written.",
                "Without --online nothing is sent anywhere. With it an index is asked for the page of every package that did not come with "
                + "the system, so it learns their names, and the METADATA that lies here is compared with that of its wheels by SHA-256.",
                "The exit code is 0 when nothing was found that should worry, and 3 when something was.",
            ]);
        command.Arguments.Add(place);
        command.Options.Add(osv);
        command.Options.Add(sarif);
        command.Options.Add(online);
        IndexOptions index = IndexOptions.AddTo(command);
        command.Runs(async (session, parsed, cancel) =>
        {
            long started = Stopwatch.GetTimestamp();
            AdvisoryBook? advisories = parsed.GetValue(osv) is { } file ? BookOf(file, cancel) : null;
            SiteSearch.Found found = parsed.GetValue(place) is { } asked
                ? new(SitesOf(session, asked), false)
                : SiteSearch.All(Environment.GetEnvironmentVariable("PATH"), Session.Home, [session.Places.Root], cancel);
            ImmutableArray<SiteReport> reports = Look(session, found.Sites, advisories, cancel);
            if (parsed.GetValue(online))
                reports = await AskAsync(session, reports, index.Chosen(parsed, new RequirementsFile(), session.Terminal), cancel);
            if (found.IsCutShort)
                session.Terminal.Note("your home holds too many directories to be searched whole; name those that were not shown");
            if (session.WasRoot) session.Terminal.Note("root's rights were given up first: what only root may read is said to be unknown");
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            if (parsed.GetValue(sarif)) AuditSarif.Write(session.Terminal, reports, CommandLine.Version);
            else if (session.Json) AuditJson.Write(session.Terminal, reports, found.IsCutShort);
            else AuditScreen.Write(session.Terminal, reports, ChangeReport.Seconds(took));
            return (int)(reports.Any(r => r.Alarms > 0) ? ExitCode.Refused : ExitCode.Done);
        });
        return command;
    }

    private static async Task<ImmutableArray<SiteReport>> AskAsync(
        Session session, ImmutableArray<SiteReport> reports, ImmutableArray<Uri> addresses, CancellationToken cancel)
    {
        var asked = ImmutableArray.CreateBuilder<SiteReport>();
        using var line = new ProgressLine(session.Terminal, Session.Time);
        foreach (SiteReport report in reports)
        {
            line.Of($"Asking about {report.Site.Directory}", asked.Count, reports.Length);
            // What the pages of one place may cost is no matter of how many places there are.
            using var indexes = new OpenIndexes(session, addresses, ArchiveLimits.Default);
            asked.Add(await new ReleaseLookup(indexes.Whole).AddToAsync(report, cancel));
        }
        return asked.ToImmutable();
    }

    private static ImmutableArray<SiteReport> Look(
        Session session, ImmutableArray<Site> sites, AdvisoryBook? advisories, CancellationToken cancel)
    {
        var audit = new Audit(Accounts.OfThisMachine(), session.WasRoot ? null : UserIds.Real, advisories);
        var reports = ImmutableArray.CreateBuilder<SiteReport>();
        using var line = new ProgressLine(session.Terminal, Session.Time);
        foreach (Site site in sites)
        {
            line.Of($"Looking at {site.Directory}", reports.Count, sites.Length);
            reports.Add(Look(audit, site, cancel));
        }
        return reports.ToImmutable();
    }

    // Of several places one may be closed to us, or gone by now: that is found there, and the others are looked at all the same.
    private static SiteReport Look(Audit audit, Site site, CancellationToken cancel)
    {
        try
        {
            return audit.Of(site, cancel);
        }
        catch (IOException e)
        {
            return new SiteReport(
                site, [], 0, [new AuditFinding(AuditKind.NotLookedAt, Gravity.Alarm, site.Directory) { Seen = e.Message }], "nobody known");
        }
    }

    /// <summary>The sites of what the user named.</summary>
    /// <exception cref="ExplainedException">There is none, or it is one of ours.</exception>
    internal static ImmutableArray<Site> SitesOf(Session session, string asked)
    {
        ImmutableArray<Site> sites = SiteSearch.Of(asked, Environment.GetEnvironmentVariable("PATH"));
        if (sites.FirstOrDefault(s => File.Exists($"{s.Prefix}/generation.json")) is not null)
        {
            throw new ExplainedException(new(ExitCode.WrongUsage, $"`{asked}` is an environment of Sandpiper's own",
                "it knows of every file what it has to be", "sandpiper verify"));
        }
        if (!sites.IsEmpty) return sites;
        throw new ExplainedException(asked.Contains('/', StringComparison.Ordinal) && ProgramFile.IsOutOfReach(asked)
            ? new(ExitCode.CouldNot, $"what is at `{asked}` may not be looked at by who asks",
                "a directory on the way is closed to him; root's rights are given up before anything is looked at")
            : new(ExitCode.CouldNot, $"there is no Python and no directory of packages at `{asked}`",
                "a Python by path or name, a virtual environment or a site-packages directory is meant", "sandpiper audit"));
    }

    private static AdvisoryBook BookOf(string file, CancellationToken cancel)
    {
        try
        {
            return AdvisoryBook.Read(Path.GetFullPath(file), cancel);
        }
        catch (AdvisoryException e)
        {
            throw new ExplainedException(new(ExitCode.CouldNot, $"`{file}` was not compared with; nothing was looked at",
                $"{e.Because}: `{e.Path}`"));
        }
    }
}
