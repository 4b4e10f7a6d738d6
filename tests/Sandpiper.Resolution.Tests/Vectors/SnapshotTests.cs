using System.Text.Json;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Resolution.Tests.Surroundings;
using Sandpiper.Surroundings;

namespace Sandpiper.Resolution.Tests.Vectors;

/// <summary>Cases of resolvelib on snapshots of the real index.</summary>
public sealed class SnapshotTests
{
    // Here the case file has click "7.0.0" and enum-compat, which the markers of a newer Python leave out: pip and uv agree with each
    // other.
    private static readonly string[] OutdatedCases = ["chalice"];

    [Fact]
    public async Task Every_case_has_its_known_answer()
    {
        string root = Recorded.Path("vectors/resolution");
        var failures = new List<string>();
        int passed = 0;
        using JsonDocument oracle = JsonDocument.Parse(
            await File.ReadAllBytesAsync(Path.Combine(root, "oracle.json"), TestContext.Current.CancellationToken));
        foreach (JsonProperty entry in oracle.RootElement.GetProperty("cases").EnumerateObject())
        {
            using JsonDocument description = JsonDocument.Parse(
                await File.ReadAllBytesAsync(Path.Combine(root, "case", $"{entry.Name}.json"), TestContext.Current.CancellationToken));
            MemoryIndex index = IndexOf(Path.Combine(root, "index", $"{description.RootElement.GetProperty("index").GetString()}.json"));
            ResolutionProblem problem = Problems.Of(
                [.. description.RootElement.GetProperty("requested").EnumerateArray().Select(text => text.GetString()!)]);
            ResolutionResult result = await problem.SolveOn(index);
            string? wrong = WhatIsWrong(entry, description.RootElement, problem, result);
            if (wrong is null) passed++;
            else failures.Add($"{entry.Name}: {wrong}");
        }
        Assert.True(failures.Count == 0, $"{passed} passed; {string.Join("; ", failures)}");
        Assert.True(passed >= 9);
    }

    private static string? WhatIsWrong(JsonProperty oracle, JsonElement description, ResolutionProblem problem, ResolutionResult result)
    {
        bool isSolvable = oracle.Value.GetProperty("expect").GetString() is "resolved";
        if (result is not ResolutionResult.Solved solved)
            return isSolvable ? $"no solution: {string.Join(" | ", ((ResolutionResult.Unsolvable)result).Because)}" : null;
        if (!isSolvable) return "a solution of what has none";
        if (Validity.ViolationsOf(solved.Pins, problem) is { Count: > 0 } violations) return string.Join(", ", violations);
        JsonElement expected = OutdatedCases.Contains(oracle.Name)
            ? oracle.Value.GetProperty("uv").GetProperty("packages")
            : description.GetProperty("resolved");
        string want =
            Text(expected.EnumerateObject()
            .Select(package =>
            (package.Name, package.Value.ValueKind == JsonValueKind.String
            ? package.Value.GetString()! : package.Value.GetProperty("version").GetString()!)));
        string have = Text(solved.Pins.Select(pin => (pin.Name.Normalized, pin.Version.ToString())));
        return want == have ? null : $"expected {want}, got {have}";
    }

    private static string Text(IEnumerable<(string Name, string Version)> pins) => string.Join(' ', pins
        .Select(pin => $"{PackageName.Parse(pin.Name)}=={TrimZeros(Pep440Version.Parse(pin.Version).ToString())}")
            .Order(StringComparer.Ordinal));

    private static string TrimZeros(string version) =>
        version.EndsWith(".0", StringComparison.Ordinal) ? TrimZeros(version[..^2]) : version;

    private static MemoryIndex IndexOf(string path)
    {
        var index = new MemoryIndex();
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (
            JsonProperty project in document.RootElement.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Object))
        {
            foreach (JsonProperty release in project.Value.EnumerateObject())
            {
                if (!Pep440Version.TryParse(release.Name, out _, out _)) continue;
                JsonElement dependencies = release.Value.GetProperty("dependencies");     // one is an empty object
                string[] requires = dependencies.ValueKind == JsonValueKind.Array
                    ? [.. dependencies.EnumerateArray().Select(text => text.GetString()!)]
                    : [];
                index.With(new Offer(project.Name, release.Name) { Requires = requires });
            }
        }
        return index;
    }
}
