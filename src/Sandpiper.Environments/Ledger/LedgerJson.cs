using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Environments.Ledger;

/// <summary>One line of the ledger, member by member; by hand, as <c>generation.json</c> is.</summary>
internal static class LedgerJson
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 4 };

    // In the order in which they are written.
    private static readonly string[] OfEvent =
    [
        "event", "to", "command", "when", "who", "uid", "from", "changes", "overrides", "generation_sha256", "handed_over", "chain",
    ];

    private static readonly string[] OfChange = ["name", "before", "after", "sha256", "index"];
    private static readonly string[] OfHandover = ["name", "path", "from"];

    /// <summary>What is null is left out.</summary>
    public static byte[] Write(LedgerEvent what)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content)) Write(json, what);
        return content.WrittenSpan.ToArray();
    }

    /// <returns>Null: it is no line of ours.</returns>
    public static LedgerEvent? TryRead(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line, Strict);
            json.Read();
            LedgerEvent read = ReadEvent(ref json);
            return json.Read() ? null : read;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    // A line with such a number was not written by us, and would be the last that anybody can follow.
    private static int NumberIn(in Utf8JsonReader json) => json.GetInt32() is < ManagedEnvironment.LargestNumber and var number
        ? number : throw new FormatException("no number of a generation");

    private static void Write(Utf8JsonWriter json, LedgerEvent what)
    {
        json.WriteStartObject();
        json.WriteString("event", what.Event);
        json.WriteNumber("to", what.To);
        WriteIfAny(json, "command", what.Command);
        if (what.When is { } when) json.WriteString("when", when);
        WriteIfAny(json, "who", what.Who);
        if (what.Uid is { } uid) json.WriteNumber("uid", uid);
        if (what.From is { } from) json.WriteNumber("from", from);
        if (what.Changes is { } changes)
        {
            json.WriteStartArray("changes");
            foreach (LedgerChange change in changes) Write(json, change);
            json.WriteEndArray();
        }
        if (what.Overrides is { } overrides)
        {
            json.WriteStartArray("overrides");
            foreach (string one in overrides) json.WriteStringValue(one);
            json.WriteEndArray();
        }
        WriteIfAny(json, "generation_sha256", what.GenerationSha256);
        if (what.HandedOver is { } handedOver)
        {
            json.WriteStartArray("handed_over");
            foreach (LedgerHandover one in handedOver) Write(json, one);
            json.WriteEndArray();
        }
        WriteIfAny(json, "chain", what.Chain);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LedgerChange change)
    {
        json.WriteStartObject();
        json.WriteString("name", change.Name);
        WriteIfAny(json, "before", change.Before);
        WriteIfAny(json, "after", change.After);
        WriteIfAny(json, "sha256", change.Sha256);
        WriteIfAny(json, "index", change.Index);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LedgerHandover handover)
    {
        json.WriteStartObject();
        json.WriteString("name", handover.Name);
        json.WriteString("path", handover.Path);
        WriteIfAny(json, "from", handover.From);
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static LedgerEvent ReadEvent(ref Utf8JsonReader json)
    {
        var members = JsonMembers.Of(json, OfEvent, needed: 2);
        var read = new LedgerEvent("", To: 0);
        while (members.Next(ref json) is { } member)
        {
            // Whether what a change has may be missing is asked where one is made of it.
            bool isNull = JsonValues.IsNull(json);
            read = member switch
            {
                "event" => read with { Event = JsonValues.Text(ref json) },
                "to" => read with { To = NumberIn(json) },
                "command" => read with { Command = json.GetString() },
                "when" => read with { When = isNull ? null : json.GetDateTimeOffset() },
                "who" => read with { Who = json.GetString() },
                "uid" => read with { Uid = isNull ? null : json.GetUInt32() },
                "from" => read with { From = isNull ? null : json.GetInt32() },
                "changes" => read with { Changes = isNull ? null : JsonValues.All(ref json, ReadChange) },
                "overrides" => read with { Overrides = isNull ? null : JsonValues.All(ref json, JsonValues.Text) },
                "generation_sha256" => read with { GenerationSha256 = json.GetString() },
                "handed_over" => read with { HandedOver = isNull ? null : JsonValues.All(ref json, ReadHandover) },
                _ => read with { Chain = json.GetString() },
            };
        }
        return read;
    }

    private static LedgerChange ReadChange(ref Utf8JsonReader json)
    {
        var members = JsonMembers.Of(json, OfChange, needed: 1);
        string name = "";
        string? before = null, after = null, sha256 = null, index = null;
        while (members.Next(ref json) is { } member)
        {
            switch (member)
            {
                case "name": name = JsonValues.Text(ref json); break;
                case "before": before = json.GetString(); break;
                case "after": after = json.GetString(); break;
                case "sha256": sha256 = json.GetString(); break;
                case "index": index = json.GetString(); break;
            }
        }
        return new(name, before, after, sha256, index);
    }

    private static LedgerHandover ReadHandover(ref Utf8JsonReader json)
    {
        var members = JsonMembers.Of(json, OfHandover, needed: 2);
        string name = "", path = "";
        string? from = null;
        while (members.Next(ref json) is { } member)
        {
            switch (member)
            {
                case "name": name = JsonValues.Text(ref json); break;
                case "path": path = JsonValues.Text(ref json); break;
                case "from": from = json.GetString(); break;
            }
        }
        return new(name, path, from);
    }
}
