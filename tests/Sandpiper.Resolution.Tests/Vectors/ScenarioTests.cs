using System.Text.Json;
using Sandpiper.Resolution.Tests.Surroundings;
using Sandpiper.Surroundings;

namespace Sandpiper.Resolution.Tests.Vectors;

/// <summary>The scenarios of uv's resolver, wheels only, with what they demand and what pip and uv do.</summary>
public sealed class ScenarioTests
{
    // They can only be solved by building a source distribution; uv and pip without building refuse them as well.
    private static readonly string[] NeedBuilding =
    [
        "incompatible-python-compatible-override-available-no-wheels",
        "incompatible-python-compatible-override-no-compatible-wheels",
        "incompatible-python-compatible-override-other-wheel",
        "no-wheels",
    ];

    public static TheoryData<string> Names()
    {
        using JsonDocument? oracle = Oracle();
        var names = new TheoryData<string>();
        foreach (JsonProperty scenario in oracle?.RootElement.GetProperty("scenarios").EnumerateObject().ToArray() ?? [])
        {
            if (scenario.Value.GetProperty("kind").GetString() is not "universal") names.Add(scenario.Name);
        }
        if (names.Count == 0) names.Add("");
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_scenario_ends_as_it_demands(string name)
    {
        string root = Recorded.Path("vectors/scenarios");
        using JsonDocument oracle = Oracle()!;
        JsonElement scenario = oracle.RootElement.GetProperty("scenarios").GetProperty(name);
        ScenarioFile file = ScenarioFile.Read(Path.Combine(root, scenario.GetProperty("file").GetString()!));
        ResolutionProblem problem = ProblemOf(file, scenario.GetProperty("target_python").GetString()!);
        ResolutionResult result = await problem.SolveOn(IndexOf(file));

        JsonElement expected = scenario.GetProperty("expected");
        bool isSolvable = expected.GetProperty("satisfiable").GetBoolean() && !NeedBuilding.Contains(name);
        Assert.True(
            isSolvable == result is ResolutionResult.Solved,
            result is ResolutionResult.Unsolvable none ? string.Join(" | ", none.Because) : "solved");
        if (result is not ResolutionResult.Solved solved)
        {
            Assert.NotEmpty(((ResolutionResult.Unsolvable)result).Because);
            return;
        }
        Assert.Empty(Validity.ViolationsOf(solved.Pins, problem));
        var chosen = solved.Pins.ToDictionary(pin => pin.Name.Normalized, pin => pin.Version.ToString());
        if (expected.TryGetProperty("packages", out JsonElement packages))
            foreach (JsonProperty package in packages.EnumerateObject()) Assert.Equal(package.Value.GetString(), chosen[package.Name]);
        // uv demands no more than the scenario does, so the rest is compared with what it chose.
        Assert.Equal(
            scenario.GetProperty("uv_no_build").GetProperty("packages").EnumerateObject()
                .Select(package => $"{package.Name} {package.Value}").Order(StringComparer.Ordinal),
            chosen.Select(package => $"{package.Key} {package.Value}").Order(StringComparer.Ordinal));
    }

    private static JsonDocument? Oracle()
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Recorded.Path("vectors/scenarios"), "oracle.json")));
        }
        catch (Exception error) when (error.Message.Contains("is not beside this checkout", StringComparison.Ordinal))
        {
            return null;    // the test itself says so, and is skipped
        }
    }

    private static ResolutionProblem ProblemOf(ScenarioFile file, string target)
    {
        string python = target.Split('.').Length == 2 ? target + ".1" : target;
        return Problems.For(python, file.Texts("root", "requires")) with { Prereleases =
            file.Flag("resolver_options", "prereleases") is true ? true : null };
    }

    private static MemoryIndex IndexOf(ScenarioFile file)
    {
        var index = new MemoryIndex();
        foreach (string[] table in file.Tables(depth: 4).Where(table => table is ["packages", _, "versions", _]))
        {
            string[] tags = file.Texts([.. table, "wheel_tags"]);
            string[] extraRequires = [.. file.TextsBelow([.. table, "extras"]).SelectMany(
                extra => extra.Texts.Select(need => WithExtra(need, extra.Key)))];
            index.With(new Offer(table[1], table[3])
            {
                Requires = [.. file.Texts([.. table, "requires"]), .. extraRequires],
                Extras = [.. file.TextsBelow([.. table, "extras"]).Select(extra => extra.Key)],
                RequiresPython = file.Text([.. table, "requires_python"]) ?? ">=3.12",
                Tags = file.Flag([.. table, "wheel"]) is false ? [] : tags.Length > 0 ? tags : ["py3-none-any"],
                HasSdist = file.Flag([.. table, "sdist"]) is not false,
                Yanked = file.Flag([.. table, "yanked"]) is true ? "" : null,
            });
        }
        return index;
    }

    private static string WithExtra(string need, string extra) => need.Split(';', 2) is [var bare, var marker]
        ? $"{bare.Trim()} ; ({marker.Trim()}) and extra == '{extra}'"
        : $"{need} ; extra == '{extra}'";
}
