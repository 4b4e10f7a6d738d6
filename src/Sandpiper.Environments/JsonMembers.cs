using System.Text.Json;

namespace Sandpiper.Environments;

/// <summary>The members of one object, one after the other; what is not known is skipped, what is known is there once.</summary>
/// <param name="known">Their names.</param>
/// <param name="needed">So many of them, the first ones, must be there.</param>
internal struct JsonMembers(string[] known, int needed)
{
    private readonly uint _needed = (1u << needed) - 1;
    private uint _seen;
    private int _next;

    /// <summary>Those of the object on which the reader stands.</summary>
    public static JsonMembers Of(in Utf8JsonReader json, string[] known, int needed)
    {
        JsonValues.Expect(json, JsonTokenType.StartObject);
        return new(known, needed);
    }

    /// <returns>Its name, and the reader stands on its value; null: there is none any more.</returns>
    /// <exception cref="JsonException">One is there twice, or is missing.</exception>
    public string? Next(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
        {
            int at = IndexOf(json);
            json.Read();
            if (at < 0)
            {
                json.Skip();
                continue;
            }
            if ((_seen & (1u << at)) != 0) throw new JsonException($"`{known[at]}` is given twice");
            _seen |= 1u << at;
            return known[at];
        }
        return (_seen & _needed) == _needed ? null : throw new JsonException("a member is missing");
    }

    // They come as they were written, so that the next one is the first guess.
    private int IndexOf(in Utf8JsonReader json)
    {
        for (int tried = 0; tried < known.Length; tried++)
        {
            int at = (_next + tried) % known.Length;
            if (!json.ValueTextEquals(known[at])) continue;
            _next = at + 1;
            return at;
        }
        return -1;
    }
}
