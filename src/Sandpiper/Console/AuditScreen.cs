using System.Collections.Immutable;
using Sandpiper.Auditing;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.Places;
using Sandpiper.Sandbox.Terminals;

namespace Sandpiper.Console;

/// <summary>An audit on the screen: place by place, what should worry first, a few of each kind.</summary>
internal static class AuditScreen
{
    private const int Shown = 5;
    private const int ExcerptWidth = 70;
    private const int LongestShown = 240;

    public static void Write(Terminal terminal, ImmutableArray<SiteReport> reports, string took)
    {
        bool all = terminal.Verbosity >= Verbosity.Verbose;
        foreach (SiteReport report in reports) Write(terminal, report, all);
        int packages = reports.Sum(r => r.Packages.Length), files = reports.Sum(r => r.Files), alarms = reports.Sum(r => r.Alarms);
        string looked = $"{Counted.Of(reports.Length, "place")}, {Counted.Of(packages, "package")}, {Counted.Of(files, "file")}, {took}";
        terminal.Listed(2, alarms == 0 ? $"{looked}: nothing was found that should worry"
            : $"{looked}: {(alarms == 1 ? "1 finding" : $"{alarms:N0} findings")} to look at");
        if (!all && (alarms > 0 || reports.Any(r => r.Findings.Length > 0)))
            terminal.Line(Inked.Dim("every one of them: --verbose, --json, --sarif · what each means: docs/audit.md"));
        foreach (SiteReport report in reports.Where(IsToAdopt).Take(1))
            terminal.Line(Inked.Cyan("next: "), $"sandpiper adopt {InShell.Quoted(report.Site.Directory)}");
    }

    // What the system installed is the system's to mend, and an empty place has nothing to move.
    private static bool IsToAdopt(SiteReport report) => report.Alarms > 0 && report.HasForeignPackages;

    private static void Write(Terminal terminal, SiteReport report, bool all)
    {
        terminal.Line(Inked.Bold(report.Site.Directory));
        string python = report.Site.PythonName is { } name ? $", {name}" : "";
        terminal.Listed(4, $"  {Counted.Of(report.Packages.Length, "package")}, {Counted.Of(report.Files, "file")}{python}, "
            + $"belongs to {report.OwnedBy}");
        foreach (var kind in report.Findings.GroupBy(f => (f.Gravity, f.Kind)).OrderByDescending(g => g.Key.Gravity)
            .ThenBy(g => g.Key.Kind))
        {
            bool isAlarm = kind.Key.Gravity == Gravity.Alarm;
            string heading = AuditWords.Of(kind.Key.Kind, kind.Sum(f => f.Count));
            terminal.Listed(4, "  ", isAlarm ? Inked.Red("!") : Inked.Dim("·"), " ", heading, Inked.Dim($"  {kind.First().Rule}"));
            if (!isAlarm && !all) continue;
            AuditFinding[] found = [.. kind];
            foreach (AuditFinding finding in all ? found : found.Take(Shown)) Write(terminal, finding, report.Site);
            if (!all && found.Length > Shown) terminal.Line(Inked.Dim($"      … and {found.Length - Shown:N0} more"));
        }
        terminal.Line("");
    }

    // A path may have four thousand characters, and whoever made it chose them; --json has them all.
    private static string Shortened(string text) => text.Length <= LongestShown ? text
        : $"{text.AsSpan(0, LongestShown / 2)}…{text.AsSpan(text.Length - LongestShown / 2)}";

    private static void Write(Terminal terminal, AuditFinding finding, Site site)
    {
        string path = finding.Path.StartsWith($"{site.Directory}/", StringComparison.Ordinal)
            ? finding.Path[(site.Directory.Length + 1)..] : finding.Path;
        string detail = AuditWords.DetailOf(finding);
        terminal.Listed(8, "      ", Inked.Yellow(Shortened(path)), detail.Length > 0 ? "  " : "", Shortened(detail));
        if (AuditWords.ExcerptOf(finding) is not { } excerpt) return;
        // As it will be seen: what does not print takes more room once it is spelled out.
        string visible = VisibleText.Of(excerpt);
        for (int at = 0; at < visible.Length; at += ExcerptWidth)
            terminal.Line(Inked.Dim("        │ "), visible.AsSpan(at, Math.Min(ExcerptWidth, visible.Length - at)).ToString());
    }
}
