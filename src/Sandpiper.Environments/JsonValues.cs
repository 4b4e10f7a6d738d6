using System.Collections.Immutable;
using System.Text.Json;

namespace Sandpiper.Environments;

/// <summary>What a file of ours is read by, value by value: strict, and without what a serializer first learns of its types.</summary>
internal static class JsonValues
{
    public delegate T Reading<T>(ref Utf8JsonReader json);

    public static ImmutableArray<T> All<T>(ref Utf8JsonReader json, Reading<T> one)
    {
        Expect(json, JsonTokenType.StartArray);
        json.Read();
        if (json.TokenType is JsonTokenType.EndArray) return [];
        var all = ImmutableArray.CreateBuilder<T>();
        for (; json.TokenType is not JsonTokenType.EndArray; json.Read()) all.Add(one(ref json));
        return all.DrainToImmutable();
    }

    public static string Text(ref Utf8JsonReader json) => json.GetString() ?? throw new JsonException("null among values");

    public static bool IsNull(in Utf8JsonReader json) => json.TokenType is JsonTokenType.Null;

    public static void Expect(in Utf8JsonReader json, JsonTokenType type)
    {
        if (json.TokenType != type) throw new JsonException($"expected {type} at byte {json.TokenStartIndex}");
    }
}
