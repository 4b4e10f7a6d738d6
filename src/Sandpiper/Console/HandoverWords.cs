using System.Text.Json;
using Sandpiper.Environments.Ledger;

namespace Sandpiper.Console;

/// <summary>Says which package has the file of another now, although itself it did not change.</summary>
internal static class HandoverWords
{
    /// <returns>One sentence for each pair of packages.</returns>
    public static IEnumerable<string> Of(IEnumerable<LedgerHandover> handedOver) =>
        handedOver.GroupBy(h => (h.Name, h.From)).Select(g =>
        {
            string more = g.Skip(1).Any() ? $", and {g.Count() - 1} more" : "";
            return $"`{g.Key.Name}` has what {(g.Key.From is { } from ? $"was {from}'s" : "was another's")} now: `{g.First().Path}`{more}";
        });

    public static void WriteJson(Utf8JsonWriter json, IEnumerable<LedgerHandover> handedOver)
    {
        json.WriteStartArray("handed_over");
        foreach (LedgerHandover one in handedOver)
        {
            json.WriteStartObject();
            json.WriteString("name", one.Name);
            json.WriteString("path", one.Path);
            json.WriteString("from", one.From);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
