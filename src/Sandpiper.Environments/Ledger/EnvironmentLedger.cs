using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Environments.Ledger;

/// <summary>The append-only record of every change of one environment: a JSON line before each switch, and one after it.</summary>
/// <remarks>The environment's lock is held while it is appended to. A line that a crash tore off is skipped when reading, and counted.</remarks>
public sealed class EnvironmentLedger(ManagedEnvironment environment)
{
    private const int MaxBytes = 256 << 20;

    /// <summary>Lines that could not be read at the last <see cref="Read"/>.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Writes what is about to happen, and does not return before it is on the disk.</summary>
    public void Announce(LedgerLine line) => Append(json =>
    {
        json.WriteString("event", "change");
        json.WriteString("command", line.Command);
        json.WriteString("when", line.When.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("who", line.Who);
        if (line.From is { } from) json.WriteNumber("from", from);
        json.WriteNumber("to", line.To);
        json.WriteStartArray("changes");
        foreach (LedgerChange change in line.Changes)
        {
            json.WriteStartObject();
            json.WriteString("name", change.Name);
            json.WriteString("before", change.Before);
            json.WriteString("after", change.After);
            json.WriteString("sha256", change.Sha256);
            json.WriteString("index", change.Index);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("overrides");
        foreach (string text in line.Overrides) json.WriteStringValue(text);
        json.WriteEndArray();
    });

    /// <summary>Writes that the announced switch happened.</summary>
    public void Confirm(int to) => Append(json =>
    {
        json.WriteString("event", "switched");
        json.WriteNumber("to", to);
    });

    /// <summary>All changes, oldest first.</summary>
    public ImmutableArray<LedgerLine> Read()
    {
        Unreadable = 0;
        var lines = new List<LedgerLine>();
        if (!File.Exists(environment.LedgerFile)) return [];
        if (new FileInfo(environment.LedgerFile).Length > MaxBytes) throw new EnvironmentException($"`{environment.LedgerFile}` is larger than {MaxBytes} bytes");
        foreach (string text in File.ReadLines(environment.LedgerFile))
        {
            if (text.Length == 0) continue;
            if (!TryAdd(text, lines)) Unreadable++;
        }
        return [.. lines];
    }

    private static bool TryAdd(string text, List<LedgerLine> lines)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            JsonElement root = document.RootElement;
            int to = root.GetProperty("to").GetInt32();
            if (string.Equals(root.GetProperty("event").GetString(), "switched", StringComparison.Ordinal))
            {
                if (lines.Count > 0 && lines[^1].To == to) lines[^1] = lines[^1] with { Confirmed = true };
                return true;
            }
            lines.Add(new LedgerLine(
                root.GetProperty("command").GetString() ?? "",
                DateTimeOffset.Parse(root.GetProperty("when").GetString() ?? "", CultureInfo.InvariantCulture),
                root.GetProperty("who").GetString() ?? "",
                root.TryGetProperty("from", out JsonElement from) ? from.GetInt32() : null,
                to,
                [.. root.GetProperty("changes").EnumerateArray().Select(c => new LedgerChange(
                    c.GetProperty("name").GetString() ?? "", c.GetProperty("before").GetString(), c.GetProperty("after").GetString(), c.GetProperty("sha256").GetString(), c.GetProperty("index").GetString()))],
                [.. root.GetProperty("overrides").EnumerateArray().Select(o => o.GetString() ?? "")],
                Confirmed: false));
            return true;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private void Append(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        // A line break first: after a torn line the next one must not become part of it.
        buffer.WriteByte((byte)'\n');
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        using var file = new FileStream(environment.LedgerFile, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
        file.Flush(flushToDisk: true);
    }
}
