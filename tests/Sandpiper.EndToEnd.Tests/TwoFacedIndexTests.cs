using System.Text;
using System.Text.Json.Nodes;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>Indexes that answer the same question differently the second time (P3), or leave something out of their pages.</summary>
public sealed class TwoFacedIndexTests
{
    private const string PageOfPebble = "/simple/pebble/";
    private static readonly SampleIndex Harbour = new SampleIndex().WithAll(OrdinaryPackages.Pebble("1.0"), OrdinaryPackages.Tide("2.0"));
    private static readonly string PebbleFile = OrdinaryPackages.Pebble("1.0").FileName;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_index_that_lies_about_METADATA_once_and_then_tells_the_truth_installs_nothing(bool hasTheWheel)
    {
        using var user = new Somebody();
        if (hasTheWheel) Done(user.Sandpiper("install", "--env", "first", "pebble", "-i", user.Serve(Harbour)));
        ServedAnswer truth = ServedAnswer.Bytes(Harbour.FileBytes($"{PebbleFile}.metadata")!);
        byte[] lie = OrdinaryPackages.Pebble("1.0").WithRequires("tide").Metadata.ToArray();
        using LyingIndexServer server = ServePages(new LyingIndexServer())
            .Serve(PageOfPebble, ServedAnswer.Json(PageWithout("core-metadata", ("core-metadata", true))))
            .Serve($"/files/{PebbleFile}.metadata", ServedAnswer.Bytes(lie), truth);

        Outcome outcome = user.Sandpiper("install", "pebble", "-i", new Uri(server.Address, "simple/").AbsoluteUri);

        Assert.True(outcome.ExitCode == 3 && outcome.Error.Contains("SP-WHEEL-14", StringComparison.Ordinal), $"{outcome}");
        Assert.False(File.Exists(Path.Combine(user.DataRoot, "envs/shared/current")), "something was installed");
        Assert.Equal(1, server.CountOf($"/files/{PebbleFile}.metadata"));
    }

    [Fact]
    public void What_was_left_out_of_a_page_is_said_where_it_is_missed_and_with_v_where_something_older_was_taken()
    {
        using var user = new Somebody();
        JsonNode page = JsonNode.Parse(Encoding.UTF8.GetString(
            new SampleIndex().WithAll(OrdinaryPackages.Tide("1.0"), OrdinaryPackages.Tide("2.0")).PageJson("tide")!))!;
        page["files"]![1]!["upload-time"] = "2024-01-01T00:00:00";
        using LyingIndexServer server = ServePages(new LyingIndexServer()).Serve("/simple/tide/", ServedAnswer.Json(page.ToJsonString()));
        OlderTide(server);
        string address = new Uri(server.Address, "simple/").AbsoluteUri;
        string said = $"1 entry of the page of `tide` was left out: `{OrdinaryPackages.Tide("2.0").FileName}`, "
            + "because its `upload-time` cannot be understood";

        Outcome missed = user.Sandpiper("install", "tide==2.0", "-i", address);
        Outcome older = user.Sandpiper("install", "-v", "tide", "-i", address);

        Assert.True(missed.ExitCode == 1 && missed.Error.Contains(said, StringComparison.Ordinal), $"{missed}");
        Assert.True(older.ExitCode == 0 && older.Error.Contains(said, StringComparison.Ordinal), $"{older}");
    }

    private static void OlderTide(LyingIndexServer server)
    {
        SampleIndex index = new SampleIndex().With(OrdinaryPackages.Tide("1.0"));
        string file = OrdinaryPackages.Tide("1.0").FileName;
        foreach (string name in (string[])[file, $"{file}.metadata"])
            server.Serve($"/files/{name}", ServedAnswer.Bytes(index.FileBytes(name)!));
    }

    private static LyingIndexServer ServePages(LyingIndexServer server)
    {
        foreach (string project in Harbour.Projects) server.Serve($"/simple/{project}/", ServedAnswer.Json(Harbour.PageJson(project)!));
        foreach (string file in (string[])[PebbleFile, OrdinaryPackages.Tide("2.0").FileName])
        {
            server.Serve($"/files/{file}", ServedAnswer.Bytes(Harbour.FileBytes(file)!));
            server.Serve($"/files/{file}.metadata", ServedAnswer.Bytes(Harbour.FileBytes($"{file}.metadata")!));
        }
        return server;
    }

    /// <summary>The page of pebble, one key of its file taken out and another put in.</summary>
    private static string PageWithout(string key, (string Name, JsonNode Value) other)
    {
        JsonNode page = JsonNode.Parse(Encoding.UTF8.GetString(Harbour.PageJson("pebble")!))!;
        JsonObject file = page["files"]![0]!.AsObject();
        file.Remove(key);
        file[other.Name] = other.Value;
        return page.ToJsonString();
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
