using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sandpiper.Console;

/// <summary>The one JSON object that a command prints with <c>--json</c>; its keys are documented in docs/json.md and stay.</summary>
internal static class JsonAnswer
{
    // Everything outside ASCII is escaped: the text of packages must not reach a terminal raw by this way either.
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.Default };

    /// <summary>The same object for every command that did not do what it was asked.</summary>
    public static void Write(Terminal terminal, Explanation refused) => Write(terminal, "refusal", json =>
    {
        json.WriteNumber("exit_code", (int)refused.Exit);
        json.WriteString("what", refused.What);
        json.WriteStrings("because", refused.Because);
        json.WriteStrings("hints", refused.Hints);
    });

    /// <param name="command">Names the schema: <c>sandpiper/COMMAND/1</c>.</param>
    /// <param name="write">Writes the members of the object.</param>
    public static void Write(Terminal terminal, string command, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", $"sandpiper/{command}/1");
            write(writer);
            writer.WriteEndObject();
        }
        terminal.Raw(Encoding.UTF8.GetString(buffer.ToArray()) + "\n");
    }

    /// <summary>An array of strings.</summary>
    public static void WriteStrings(this Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
