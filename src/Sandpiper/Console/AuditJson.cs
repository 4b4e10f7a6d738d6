using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.Auditing;
using Sandpiper.Auditing.Findings;

namespace Sandpiper.Console;

/// <summary><c>audit --json</c>.</summary>
internal static class AuditJson
{
    /// <param name="isCutShort">The home was too large to be searched whole.</param>
    public static void Write(Terminal terminal, ImmutableArray<SiteReport> reports, bool isCutShort) =>
        JsonAnswer.Write(terminal, "audit", json =>
        {
            json.WriteNumber("alarms", reports.Sum(r => r.Alarms));
            json.WriteBoolean("cut_short", isCutShort);
            json.WriteStartArray("places");
            foreach (SiteReport report in reports) Write(json, report);
            json.WriteEndArray();
        });

    private static void Write(Utf8JsonWriter json, SiteReport report)
    {
        json.WriteStartObject();
        json.WriteString("directory", report.Site.Directory);
        json.WriteString("kind", AuditWords.Of(report.Site.Kind));
        json.WriteString("python", report.Site.PythonName);
        json.WriteString("executable", report.Site.Executable);
        json.WriteString("owner", report.OwnedBy);
        json.WriteNumber("files", report.Files);
        json.WriteStrings("packages", report.Packages);
        json.WriteStartArray("findings");
        foreach (AuditFinding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.Rule);
            json.WriteString("kind", AuditWords.IdOf(finding.Kind));
            json.WriteString("gravity", finding.Gravity == Gravity.Alarm ? "alarm" : "note");
            json.WriteString("path", finding.Path);
            json.WriteStrings("packages", finding.Packages);
            json.WriteString("seen", finding.Seen);
            json.WriteStrings("people", finding.People);
            json.WriteNumber("count", finding.Count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
