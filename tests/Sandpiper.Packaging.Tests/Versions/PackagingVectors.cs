using System.Text.Json;
using Sandpiper.Packaging.Versions;
using Sandpiper.Surroundings;

namespace Sandpiper.Packaging.Tests.Versions;

/// <summary>
/// The parameter lists of pypa/packaging's own tests, as data: <c>test</c>, <c>params[].values[]</c>; a constructor call is <c>{"$call":
/// …}</c>.
/// </summary>
internal static class PackagingVectors
{
    /// <summary>Every parameter set of the tests of that name, in whatever class: the product, if there are several lists.</summary>
    public static List<JsonElement[]> Of(string file, string test)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Recorded.Path($"vectors/packaging-{file}.json")));
        var rows = new List<JsonElement[]>();
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            if (entry.GetProperty("test").GetString() != test) continue;
            IEnumerable<JsonElement[]> product = [[]];
            foreach (var list in entry.GetProperty("params").EnumerateArray())
            {
                bool isTuple = list.GetProperty("args").ValueKind == JsonValueKind.Array;
                var values = list.GetProperty("values").EnumerateArray()
                    .Select(value => isTuple ? value.EnumerateArray().Select(v => v.Clone()).ToArray() : [value.Clone()]).ToArray();
                product = product.SelectMany(_ => values, (head, tail) => (JsonElement[])[.. head, .. tail]);
            }
            rows.AddRange(product);
        }
        Assert.NotEmpty(rows);
        return rows;
    }

    /// <summary>
    /// Runs a check on every row; fails naming each row that disagrees, and when not exactly <paramref name="count"/> rows were there.
    /// </summary>
    public static void Hold(string file, string test, int count, Func<JsonElement[], bool> holds)
    {
        var rows = Of(file, test);
        string[] disagreeing = [.. rows.Where(row => !holds(row)).Select(row => $"[{string.Join(", ", row)}]")];
        Assert.True(disagreeing.Length == 0,
            $"{test}: {disagreeing.Length} of {rows.Count} disagree:\n{string.Join('\n', disagreeing.Take(40))}");
        Assert.Equal(count, rows.Count);
    }

    /// <summary>A text; or the normal form of a <c>Version(…)</c>, which is what the library's own objects compare by.</summary>
    public static string Text(this JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? Pep440Version.Parse(value.GetProperty("args")[0].GetString()!).ToString()
        : value.GetString()!;

    public static bool? Maybe(this JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetBoolean();

    public static string[] Texts(this JsonElement value) => [.. value.EnumerateArray().Select(Text)];
}
