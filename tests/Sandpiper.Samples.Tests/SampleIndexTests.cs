using System.Security.Cryptography;
using System.Text.Json;

namespace Sandpiper.Samples.Tests;

public sealed class SampleIndexTests
{
    private static readonly SampleWheel Small = OrdinaryPackages.Small("Small.One", "1.0");

    [Fact]
    public void A_page_names_files_by_address_hash_and_metadata()
    {
        var index = new SampleIndex().With(Small);
        var page = Json(index.PageJson("small-one"));
        Assert.Equal("small-one", page.GetProperty("name").GetString());
        var file = page.GetProperty("files")[0];
        Assert.Equal("../../files/small_one-1.0-py3-none-any.whl", file.GetProperty("url").GetString());
        Assert.Equal(HashOf(Small.Build()), file.GetProperty("hashes").GetProperty("sha256").GetString());
        Assert.Equal(HashOf(Small.Metadata.Span), file.GetProperty("core-metadata").GetProperty("sha256").GetString());
        Assert.Equal("2024-01-01T00:00:00.000000Z", file.GetProperty("upload-time").GetString());
        Assert.Equal(Small.Build(), index.FileBytes(Small.FileName));
        Assert.Equal(Small.Metadata.ToArray(), index.FileBytes($"{Small.FileName}.metadata"));
    }

    [Fact]
    public void A_page_lies_as_told()
    {
        byte[] other = "Name: other\n"u8.ToArray();
        var index = new SampleIndex()
            .With(Small, new() { Sha256 = "00", Metadata = other, Yanked = "broken", RequiresPython = ">=4" })
            .With(OrdinaryPackages.Small("small_one", "2.0"),
                new() { WithoutHash = true, WithoutMetadata = true, Uploaded = null, Content = other });
        var files = Json(index.PageJson("SMALL_ONE")).GetProperty("files");
        Assert.Equal("00", files[0].GetProperty("hashes").GetProperty("sha256").GetString());
        Assert.Equal("broken", files[0].GetProperty("yanked").GetString());
        Assert.Equal(">=4", files[0].GetProperty("requires-python").GetString());
        Assert.Equal(other, index.FileBytes($"{Small.FileName}.metadata"));
        Assert.Equal("{}", files[1].GetProperty("hashes").GetRawText());
        Assert.False(files[1].TryGetProperty("core-metadata", out _));
        Assert.False(files[1].TryGetProperty("upload-time", out _));
        Assert.Equal(other, index.FileBytes("small_one-2.0-py3-none-any.whl"));
    }

    [Fact]
    public void What_is_not_there_is_null()
    {
        var index = new SampleIndex().With(Small, new() { WithoutMetadata = true });
        Assert.Null(index.PageJson("unknown"));
        Assert.Null(index.PageHtml("unknown"));
        Assert.Null(index.FileBytes($"{Small.FileName}.metadata"));
    }

    [Fact]
    public void On_disk_the_addresses_of_a_page_lead_to_its_files()
    {
        string directory = Directory.CreateTempSubdirectory("sandpiper-samples-").FullName;
        try
        {
            var wheels = new[] { OrdinaryPackages.Tide(), OrdinaryPackages.Pebble(), OrdinaryPackages.Plover() };
            new SampleIndex().WithAll(wheels).With(HostilePackages.SdistWhoseSetupRuns("/nowhere")).WriteTo(directory);
            foreach (string project in new[] { "tide", "pebble", "plover", "setup-runs" })
            {
                string folder = Path.Combine(directory, "simple", project);
                var file = Json(File.ReadAllBytes(Path.Combine(folder, "index.json"))).GetProperty("files")[0];
                string address = file.GetProperty("url").GetString()!;
                Assert.Equal(file.GetProperty("hashes").GetProperty("sha256").GetString(),
                    HashOf(File.ReadAllBytes(Path.Combine(folder, address))));
                Assert.Contains($"href=\"{address}#sha256=", File.ReadAllText(Path.Combine(folder, "index.html")),
                    StringComparison.Ordinal);
            }
            Assert.Equal(4, Json(File.ReadAllBytes(Path.Combine(directory, "simple", "index.json"))).GetProperty("projects")
                .GetArrayLength());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static JsonElement Json(byte[]? page) => JsonDocument.Parse(page!).RootElement;

    private static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
