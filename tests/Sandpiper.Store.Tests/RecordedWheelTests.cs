using System.Text.Json;
using Sandpiper.Archives;
using Sandpiper.Policies;
using Sandpiper.Surroundings;
using Sandpiper.Wheels;

namespace Sandpiper.Store.Tests;

/// <summary>Wheels from the world: the popular ones must all seal, the collected odd ones must fare as other installers decided.</summary>
public sealed class RecordedWheelTests : IDisposable
{
    // The collection judges whole installs; this one is only for another platform, which is asked before anything is downloaded.
    private static readonly string[] RefusedForTheirTagsOnly = ["uv/wheel_tag_test-0.1.0-py3-none-win_amd64.whl"];

    // Emptied by hand for uv's own tests, so that RECORD lists files that are gone and others as they were; pip and uv do not look.
    private static readonly string[] Hollow =
    [
        "uv/maturin-2.0.0-py3-none-linux_x86_64.whl",
        "uv/tqdm-4.66.1-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64.whl",
    ];

    // Made to have a module as byte code alone, which pip installs: refused unless the user accepts it.
    private const string WithoutSource = "own_misc-1.0-py3-none-any.whl";

    private readonly DataRoot _root = new();

    [Theory]
    [InlineData("pypi/files")]
    [InlineData("vectors/install-oracle/wheels")]
    public void Every_published_wheel_seals(string directory)
    {
        string[] wheels = Directory.GetFiles(Recorded.Path(directory), "*.whl", SearchOption.AllDirectories);
        Assert.NotEmpty(wheels);
        // One of them has a module without its source.
        var refused = wheels
            .Select(path => Outcome(
                path, Path.GetFileName(path).StartsWith("own_misc-", StringComparison.Ordinal) ? ["SP-WHEEL-16"] : []))
            .Where(outcome => outcome is not null);
        Assert.True(!refused.Any(), string.Join("\n", refused));
    }

    [Fact]
    public void The_collected_wheels_fare_as_expected()
    {
        string directory = Recorded.Path("vectors/wheels");
        using var expect = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "expect.json")));
        var wrong = new List<string>();
        int judged = 0;
        foreach (var file in expect.RootElement.GetProperty("files").EnumerateObject()
            .Where(f => f.Name.Contains(".whl", StringComparison.Ordinal)))
        {
            judged++;
            bool accept = file.Value.GetProperty("wheels_only_expect").ValueEquals("accept") || RefusedForTheirTagsOnly.Contains(file.Name);
            string? outcome = Outcome(Path.Combine(directory, file.Name), Hollow.Contains(file.Name) ? ["SP-WHEEL-07", "SP-WHEEL-08"] : []);
            if (accept != outcome is null) wrong.Add($"{file.Name}: {outcome ?? "accepted"}");
        }
        Assert.True(judged > 20);
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Hollow_wheels_are_refused_unless_the_user_waives_these_very_rules()
    {
        foreach (string file in Hollow)
            Assert.Contains("SP-WHEEL-07", Outcome(Path.Combine(Recorded.Path("vectors/wheels"), file)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wheel_with_a_module_without_source_is_refused_unless_the_user_accepts_it()
    {
        string path = Path.Combine(Recorded.Path("vectors/install-oracle/wheels"), WithoutSource);
        Assert.Contains("SP-WHEEL-16", Outcome(path), StringComparison.Ordinal);
    }

    public void Dispose() => _root.Dispose();

    private string? Outcome(string path, params string[] waived)
    {
        try
        {
            _root.Seal(Path.GetFileName(path), File.ReadAllBytes(path), null, waived);
            return null;
        }
        catch (RefusedException e)
        {
            return $"{Path.GetFileName(path)}: {e.Rule} {e.Refusal.First}";
        }
        catch (ArchiveRefusedException e)
        {
            return $"{Path.GetFileName(path)}: {e.Rule} {e.Because}: {e.Member} {e.Offset}";
        }
    }
}
