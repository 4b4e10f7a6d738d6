using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sandpiper.Auditing;
using Sandpiper.Auditing.Findings;
using Sandpiper.Sandbox.Terminals;

namespace Sandpiper.Console;

/// <summary>An audit for machines that collect findings: the Static Analysis Results Interchange Format 2.1.0 (OASIS).</summary>
internal static class AuditSarif
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    // As with `--json`: nothing of a package's own words reaches a terminal raw.
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.Default };

    /// <param name="version">Of this program.</param>
    public static void Write(Terminal terminal, ImmutableArray<SiteReport> reports, string version)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            AuditFinding[] findings = [.. reports.SelectMany(r => r.Findings)];
            AuditKind[] rules = [.. findings.Select(f => f.Kind).Distinct().Order()];
            json.WriteStartObject();
            json.WriteString("$schema", Schema);
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, findings, rules, version);
            json.WriteStartArray("results");
            foreach (AuditFinding finding in findings) WriteResult(json, finding, Array.IndexOf(rules, finding.Kind));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        terminal.Raw(Encoding.UTF8.GetString(buffer.ToArray()) + "\n");
    }

    private static void WriteTool(Utf8JsonWriter json, AuditFinding[] findings, AuditKind[] rules, string version)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "sandpiper audit");
        json.WriteString("version", version);
        json.WriteStartArray("rules");
        foreach (AuditKind rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", findings.First(f => f.Kind == rule).Rule);
            json.WriteString("name", rule.ToString());
            WriteMessage(json, "shortDescription", AuditWords.Of(rule, 1));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, AuditFinding finding, int rule)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Rule);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("level", finding.Gravity == Gravity.Alarm ? "error" : "note");
        string detail = AuditWords.DetailOf(finding), excerpt = AuditWords.ExcerptOf(finding) is { } code ? $": {code}" : "";
        // A message is plain text or Markdown to whoever shows it, never a terminal's to obey.
        WriteMessage(json, "message", VisibleText.Of($"{AuditWords.Of(finding.Kind, finding.Count)}"
            + $"{(detail.Length > 0 ? $" ({detail})" : "")}{excerpt}"));
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", UriOf(finding.Path));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // RFC 8089: each segment escaped, so that no name can end the path or begin a query.
    private static string UriOf(string path) => $"file://{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    private static void WriteMessage(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
