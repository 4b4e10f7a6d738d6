using System.Text;
using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Packaging.Index;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>METADATA from beside the wheel, or out of it.</summary>
public sealed class MetadataTests
{
    [Fact]
    public async Task METADATA_beside_the_wheel_saves_fetching_the_wheel()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        Assert.Equal(Encoding.UTF8.GetString(Served.Metadata), await index.MetadataOf(await index.FileOf()));
        Assert.Equal(0, server.CountOf(Served.WheelPath));
    }

    [Fact]
    public async Task Other_METADATA_than_the_index_names_is_refused()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(
            Served.MetadataPath, ServedAnswer.Bytes("Name: pebble"u8.ToArray()));
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.Digest, await Served.RuleOf(async () => await index.MetadataOf(await index.FileOf())));
    }

    [Fact]
    public async Task METADATA_of_nine_megabytes_is_refused()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.MetadataPath, ServedAnswer.Bytes(new byte[9 << 20]));
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.TooLong, await Served.RuleOf(async () => await index.MetadataOf(await index.FileOf())));
    }

    [Fact]
    public async Task METADATA_whose_address_has_a_query_is_found_before_it()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(
            $"{Served.MetadataPath}?sig=1", ServedAnswer.Bytes(Served.Metadata));
        using SimpleIndex index = server.Index();
        IndexFile file = await index.FileOf();
        Assert.NotEmpty(await index.MetadataOf(file with { Url = new Uri(file.Url.AbsoluteUri + "?sig=1") }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_METADATA_beside_it_the_wheel_is_fetched_once_for_both_uses(bool hasCache)
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index(hasCache ? cache.Path : null);
        IndexFile file = await index.FileOf() with { HasMetadata = false, MetadataSha256 = null };
        Assert.Contains("Name: pebble", await index.MetadataOf(file), StringComparison.Ordinal);
        Assert.Equal(Served.Wheel, await index.BytesOf(file));
        Assert.Equal(1, server.CountOf(Served.WheelPath));
    }

    [Fact]
    public async Task METADATA_that_is_promised_and_not_there_is_taken_from_the_wheel()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.MetadataPath, ServedAnswer.OfStatus(404));
        using SimpleIndex index = server.Index();
        Assert.Contains("Name: pebble", await index.MetadataOf(await index.FileOf()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    public async Task METADATA_that_cannot_be_had_stops_everything(int status)
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.MetadataPath, ServedAnswer.OfStatus(status));
        using SimpleIndex index = server.Index();
        Assert.Equal($"({IndexRules.Status})", await Served.RuleOf(async () => await index.MetadataOf(await index.FileOf())));
    }

    [Fact]
    public async Task A_wheel_fetched_for_its_METADATA_must_be_the_one_that_the_index_names()
    {
        byte[] swapped = [.. Served.Wheel];
        swapped[^1] ^= 1;
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.WheelPath, ServedAnswer.Bytes(swapped));
        using SimpleIndex index = server.Index(cache.Path);
        IndexFile file = await index.FileOf() with { HasMetadata = false, MetadataSha256 = null };
        Assert.Equal(IndexRules.Digest, await Served.RuleOf(() => index.MetadataOf(file)));
        Assert.DoesNotContain(cache.Files, path => path.Contains("wheels", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_kept_wheel_that_was_changed_is_fetched_again()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index(cache.Path);
        IndexFile file = await index.FileOf() with { HasMetadata = false, MetadataSha256 = null };
        await index.MetadataOf(file);
        await File.WriteAllTextAsync(
            cache.Files.Single(path => path.Contains("wheels", StringComparison.Ordinal)),
            "changed",
            TestContext.Current.CancellationToken);
        Assert.Equal(Served.Wheel, await index.BytesOf(file));
        Assert.Contains("Name: pebble", await index.MetadataOf(file), StringComparison.Ordinal);
        Assert.Equal(3, server.CountOf(Served.WheelPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("wheels")]
    [InlineData("unfinished")]
    public async Task A_cache_that_cannot_be_written_costs_time_and_not_the_wheel(string place)
    {
        using var directory = new TemporaryDirectory();
        string cache = Path.Combine(directory.Path, "cache"), inTheWay = Path.Combine(cache, place);
        if (place.Length > 0) Directory.CreateDirectory(cache);
        await File.WriteAllTextAsync(inTheWay.TrimEnd('/'), "", TestContext.Current.CancellationToken);
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index(cache);
        IndexFile file = await index.FileOf() with { HasMetadata = false, MetadataSha256 = null };
        Assert.Contains("Name: pebble", await index.MetadataOf(file), StringComparison.Ordinal);
        Assert.Equal(Served.Wheel, await index.BytesOf(file));
        Assert.Equal(1, server.CountOf(Served.WheelPath));
    }

    [Fact]
    public async Task METADATA_of_a_wheel_without_a_digest_can_be_read_and_the_wheel_still_needs_one()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        IndexFile file = await index.FileOf() with { HasMetadata = false, MetadataSha256 = null, Sha256 = null };
        Assert.Contains("Name: pebble", await index.MetadataOf(file), StringComparison.Ordinal);
        Assert.Equal(IndexRules.NoDigest, await Served.RuleOf(() => index.BytesOf(file)));
        Assert.Equal(Served.Wheel, await index.BytesOf(file, Packaging.Names.Sha256Digest.Of(Served.Wheel)));
        Assert.Equal(1, server.CountOf(Served.WheelPath));
    }
}
