using System.Text;
using System.Text.Json.Nodes;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Samples;

namespace Sandpiper.Environments.Tests.Generations;

/// <summary>The description of a generation lies where any program of the user's can write.</summary>
public sealed class GenerationFileTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData("requirement", "pebble >=")]
    [InlineData("requirement", "")]
    [InlineData("requirement", "another")]
    [InlineData("wheel", "pebble.whl")]
    [InlineData("version", "one")]
    public void A_package_whose_facts_cannot_be_read_is_damage_with_the_way_on(string key, string value)
    {
        JsonNode whole = Description(out string directory);
        whole["packages"]![0]![key] = value;
        var damaged = Assert.Throws<EnvironmentException>(() => Read(directory, whole));
        Assert.Contains("is not what an install writes; `sandpiper rollback N`", damaged.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_stands_in_place_of_a_value_it_is_a_generation_or_damaged_and_no_mistake_of_ours()
    {
        string[] values = ["null", "\"\"", "\"?\"", "\"../x\"", "-1", "true", "[]", "{}", "[null]", "[\"?\"]", "{\"?\": null}"];
        JsonNode whole = Description(out string directory);
        int damaged = 0;
        foreach (string path in PathsIn(whole, "").ToList())
        {
            foreach (string value in values)
            {
                try
                {
                    Read(directory, With(whole.DeepClone(), path, value));
                }
                catch (EnvironmentException)
                {
                    damaged++;
                }
            }
        }
        Assert.True(damaged > 100, $"{damaged}");
    }

    [Theory]
    [InlineData("\"number\": 1,", "\"number\": 1,\"number\": 1,")]
    [InlineData("\"alone\": false,", "\"alone\": false,\"\\u0061lone\": false,")]
    [InlineData("\"bin/pebble\":", "\"bin/pebble\": \"\", \"bin/pebble\":")]
    [InlineData("\"alone\": false,", "")]
    [InlineData("\"copies\": [],", "")]
    [InlineData("\"copies\": [],", "\"copies\": [],\"later\": [[[[[[[[]]]]]]]],")]
    [InlineData("\"copies\": [],", "\"copies\": [],,")]
    [InlineData("\"copies\": [],", "\"copies\": [\"\\ud800\"],")]
    [InlineData("{", "[{")]
    [InlineData("\n}", "\n}{}")]
    public void What_two_readers_could_read_differently_is_damage(string written, string instead)
    {
        JsonNode whole = Description(out string directory);
        string text = whole.ToJsonString(new() { WriteIndented = true, NewLine = "\n" });
        int at = text.IndexOf(written, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        File.WriteAllText(Path.Combine(directory, GenerationFile.Name), text[..at] + instead + text[(at + written.Length)..]);
        var damaged = Assert.Throws<EnvironmentException>(() => GenerationFile.Read(directory, "shared", 1));
        Assert.Contains("is not what an install writes", damaged.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_read_is_written_as_it_was()
    {
        JsonNode whole = Description(out _);
        string place = (string)whole["directory"]!;
        byte[] written = File.ReadAllBytes(Path.Combine(place, GenerationFile.Name));
        byte[] again = GenerationFile.Write(GenerationFile.Read(place, "shared", 1));
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(again));
    }

    [Fact]
    public void One_of_a_later_version_is_called_so_whatever_else_stands_in_it()
    {
        JsonNode whole = Description(out string directory);
        whole["schema"] = "sandpiper/generation/2";
        whole["packages"] = "elsewhere";
        var other = Assert.Throws<EnvironmentException>(() => Read(directory, whole));
        Assert.Contains("was written by another version of Sandpiper", other.Because, StringComparison.Ordinal);
    }

    private JsonNode Description(out string directory)
    {
        var generation = _workshop.Install([_workshop.Package(Workshop.Wheel("pebble").WithConsoleScript("pebble", "pebble:main")
            .WithFile("random.py", ""))], ("pebble", "SP-ENV-02"));
        directory = Directory.CreateDirectory(Path.Combine(_workshop.Root.Path, "copy")).FullName;
        return JsonNode.Parse(File.ReadAllBytes(Path.Combine(generation.Directory, GenerationFile.Name)))!;
    }

    private static Generation Read(string directory, JsonNode description)
    {
        File.WriteAllText(Path.Combine(directory, GenerationFile.Name), description.ToJsonString());
        return GenerationFile.Read(directory, "shared", 1);
    }

    private static IEnumerable<string> PathsIn(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(m => PathsIn(m.Value, $"{path}\n{m.Key}").Prepend($"{path}\n{m.Key}")),
        JsonArray items => items.SelectMany((item, n) => PathsIn(item, $"{path}\n{n}").Prepend($"{path}\n{n}")),
        _ => [],
    };

    private static JsonNode With(JsonNode whole, string path, string value)
    {
        string[] steps = path.Split('\n')[1..];
        JsonNode at = whole;
        foreach (string step in steps[..^1]) at = (at is JsonArray ? at[int.Parse(step)] : at[step])!;
        if (at is JsonArray array) array[int.Parse(steps[^1])] = JsonNode.Parse(value);
        else at[steps[^1]] = JsonNode.Parse(value);
        return whole;
    }
}
