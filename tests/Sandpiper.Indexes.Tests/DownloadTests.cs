using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>Every byte is the one that was named (P3), and none too many is read.</summary>
public sealed class DownloadTests
{
    private static readonly byte[] Content = Served.Wheel;
    private static readonly Sha256Digest Other = Sha256Digest.Of("other"u8);

    [Fact]
    public async Task A_file_arrives_as_it_is_and_is_asked_for_unpacked()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        IndexFile file = await index.FileOf();
        Assert.Equal(Content, await index.BytesOf(file));
        Assert.Equal(Content, await index.BytesOf(file, file.Sha256!.Value, Other));
        Assert.Equal("identity", server.Requests[^1].Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task Progress_is_told_in_bytes_up_to_the_whole()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        var seen = new Seen();
        await index.DownloadAsync(await index.FileOf(), [], Stream.Null, seen, TestContext.Current.CancellationToken);
        Assert.Equal(Content.Length, seen.Last);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_byte_too_many_is_one_too_many_whether_announced_or_not(bool isAnnounced)
    {
        ServedAnswer longer = ServedAnswer.Bytes([.. Content, 0]) with { AnnouncedLength = isAnnounced ? null : -1 };
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.WheelPath, longer);
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.TooLong, await Served.RuleOf(async () => await index.BytesOf(await index.FileOf())));
    }

    [Fact]
    public async Task An_endless_file_is_left_at_the_first_byte_too_many()
    {
        ServedAnswer endless = ServedAnswer.Bytes(
            [.. Content, .. new byte[1 << 20]]) with { AnnouncedLength = -1, StallAfter = Content.Length + 1 };
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.WheelPath, endless);
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.TooLong, await Served.RuleOf(async () => await index.BytesOf(await index.FileOf())));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_ends_too_early_is_refused(bool isAnnounced)
    {
        ServedAnswer shorter = ServedAnswer.Bytes(Content[..^1]) with { AnnouncedLength = isAnnounced ? null : -1 };
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.WheelPath, shorter);
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.TooShort, await Served.RuleOf(async () => await index.BytesOf(await index.FileOf())));
    }

    [Fact]
    public async Task A_file_that_breaks_off_before_its_announced_end_failed()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(
            Served.WheelPath, ServedAnswer.Bytes(Content) with { DropAfter = 100 });
        using SimpleIndex index = server.Index();
        Assert.Equal($"({IndexRules.Unreachable})", await Served.RuleOf(async () => await index.BytesOf(await index.FileOf())));
        Assert.Equal(4, server.CountOf(Served.WheelPath));
    }

    [Fact]
    public async Task Other_bytes_of_the_right_length_are_refused()
    {
        byte[] swapped = [.. Content];
        swapped[^1] ^= 1;
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.WheelPath, ServedAnswer.Bytes(swapped));
        using SimpleIndex index = server.Index();
        IndexFile file = await index.FileOf();
        Assert.Equal(IndexRules.Digest, await Served.RuleOf(() => index.BytesOf(file)));
        // Nor does it help that the page says nothing, once the user does.
        Assert.Equal(IndexRules.Digest, await Served.RuleOf(() => index.BytesOf(file with { Sha256 = null }, file.Sha256!.Value)));
        // The page's word counts although the user's would do.
        Assert.Equal(IndexRules.Digest, await Served.RuleOf(() => index.BytesOf(file, file.Sha256!.Value, Sha256Digest.Of(swapped))));
    }

    [Fact]
    public async Task Without_a_digest_from_anybody_nothing_is_asked_for()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        IndexFile file = await index.FileOf() with { Sha256 = null };
        Assert.Equal(IndexRules.NoDigest, await Served.RuleOf(() => index.BytesOf(file)));
        Assert.Equal(0, server.CountOf(Served.WheelPath));
        Assert.Equal(Content, await index.BytesOf(file, Sha256Digest.Of(Content)));
    }

    [Fact]
    public async Task When_the_user_named_other_digests_than_the_index_nothing_is_asked_for()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        IndexFile file = await index.FileOf();
        Assert.Equal(IndexRules.Digest, await Served.RuleOf(() => index.BytesOf(file, Other)));
        Assert.Equal(0, server.CountOf(Served.WheelPath));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task An_absent_file_is_a_failure(int status)
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.WheelPath, ServedAnswer.OfStatus(status));
        using SimpleIndex index = server.Index();
        Assert.Equal($"({IndexRules.Status})", await Served.RuleOf(async () => await index.BytesOf(await index.FileOf())));
    }

    [Fact]
    public async Task A_stream_that_cannot_go_back_gets_no_second_beginning()
    {
        ServedAnswer whole = ServedAnswer.Bytes(Content);
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.WheelPath, whole with { DropAfter = 100 }, whole);
        using SimpleIndex index = server.Index();
        using var written = new MemoryStream();
        await using var oneWay = new System.IO.Compression.ZLibStream(written, System.IO.Compression.CompressionMode.Compress);
        IndexFile file = await index.FileOf();
        Assert.Equal(
            $"({IndexRules.Unreachable})",
            await Served.RuleOf(() => index.DownloadAsync(file, [], oneWay, null, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_full_disk_is_not_called_a_trouble_of_the_network()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        IndexFile file = await index.FileOf();
        using var tooSmall = new MemoryStream(new byte[10]);
        await Assert.ThrowsAsync<NotSupportedException>(
            () => index.DownloadAsync(file, [], tooSmall, null, TestContext.Current.CancellationToken));
        Assert.Equal(1, server.CountOf(Served.WheelPath));
    }

    private sealed class Seen : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value) => Last = Math.Max(Last, value);
    }
}
