using System.Text.Json;
using Sandpiper.Surroundings;

namespace Sandpiper.Packaging.Tests.Wheels;

/// <summary>The parametrised cases of <c>pypa/packaging</c>'s own tests, one row a case.</summary>
internal static class Vectors
{
    public static IReadOnlyList<JsonElement> Of(string file, string test)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Recorded.Path($"vectors/{file}")));
        var found = document.RootElement.EnumerateArray().Where(entry => entry.GetProperty("test").ValueEquals(test))
            .SelectMany(entry => entry.GetProperty("params").EnumerateArray()).SelectMany(set => set.GetProperty("values").EnumerateArray())
            .Select(value => value.Clone()).ToList();
        Assert.NotEmpty(found);
        return found;
    }
}
