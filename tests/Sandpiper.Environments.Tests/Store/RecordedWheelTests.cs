using System.Text.Json;
using Sandpiper.Archives;
using Sandpiper.Environments.Store;
using Sandpiper.Surroundings;

namespace Sandpiper.Environments.Tests.Store;

/// <summary>Wheels from the world: the popular ones must all seal, the collected odd ones must fare as other installers decided.</summary>
public sealed class RecordedWheelTests : IDisposable
{
    // The collection judges whole installs; these two are only for another platform, which is asked before anything is downloaded.
    private static readonly string[] RefusedForTheirTagsOnly =
        ["uv/cpython_package-1.0.0-cp314-cp314-manylinux_2_17_x86_64.whl", "uv/wheel_tag_test-0.1.0-py3-none-win_amd64.whl"];

    private readonly DataRoot _root = new();

    [Theory]
    [InlineData("pypi/files")]
    [InlineData("vectors/install-oracle/wheels")]
    public void Every_published_wheel_seals(string directory)
    {
        string[] wheels = Directory.GetFiles(Recorded.Path(directory), "*.whl", SearchOption.AllDirectories);
        Assert.NotEmpty(wheels);
        var refused = wheels.Select(Outcome).Where(outcome => outcome is not null);
        Assert.Empty(refused);
    }

    [Fact]
    public void The_collected_wheels_fare_as_expected()
    {
        string directory = Recorded.Path("vectors/wheels");
        using var expect = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "expect.json")));
        var wrong = new List<string>();
        int judged = 0;
        foreach (var file in expect.RootElement.GetProperty("files").EnumerateObject().Where(f => f.Name.Contains(".whl", StringComparison.Ordinal)))
        {
            judged++;
            bool accept = file.Value.GetProperty("wheels_only_expect").ValueEquals("accept") || RefusedForTheirTagsOnly.Contains(file.Name);
            string? outcome = Outcome(Path.Combine(directory, file.Name));
            if (accept != outcome is null) wrong.Add($"{file.Name}: {outcome ?? "accepted"}");
        }
        Assert.True(judged > 20);
        Assert.Empty(wrong);
    }

    public void Dispose() => _root.Dispose();

    private string? Outcome(string path)
    {
        try
        {
            _root.Seal(Path.GetFileName(path), File.ReadAllBytes(path));
            return null;
        }
        catch (WheelRefusedException e)
        {
            return $"{Path.GetFileName(path)}: {e.Rule} {e.Because}: {e.Member} {e.Evidence}";
        }
        catch (ArchiveRefusedException e)
        {
            return $"{Path.GetFileName(path)}: {e.Rule} {e.Because}: {e.Member} {e.Offset}";
        }
    }
}
