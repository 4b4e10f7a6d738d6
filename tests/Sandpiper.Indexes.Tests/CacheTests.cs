using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Packaging.Index;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>What is kept, for how long, and how little it is trusted.</summary>
public sealed class CacheTests
{
    private static readonly ServedAnswer Page = ServedAnswer.Json(Served.PageJson);

    [Fact]
    public async Task A_page_is_asked_for_again_unless_the_server_says_how_long_it_lasts()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page);
        using SimpleIndex index = server.Index(cache.Path);
        await index.PageOf();
        await index.PageOf();
        Assert.Equal(2, server.CountOf(Served.Page));
    }

    [Fact]
    public async Task A_page_is_not_asked_for_while_it_lasts_and_lasts_an_hour_at_most()
    {
        using var cache = new TemporaryDirectory();
        var time = new EagerTime();
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page.With("Cache-Control", "max-age=600, public"));
        using SimpleIndex index = server.Index(cache.Path, time);
        await index.PageOf();
        time.Move(TimeSpan.FromSeconds(590));
        Assert.Equal(Served.FileName, (await index.FileOf()).FileName);
        Assert.Equal(1, server.CountOf(Served.Page));
        time.Move(TimeSpan.FromSeconds(20));
        await index.PageOf();
        Assert.Equal(2, server.CountOf(Served.Page));

        server.Serve(Served.Page, Page.With("Cache-Control", "max-age=999999999"));
        time.Move(TimeSpan.FromHours(1));
        await index.PageOf();
        time.Move(TimeSpan.FromMinutes(61));
        await index.PageOf();
        Assert.Equal(4, server.CountOf(Served.Page));
    }

    // What a killed command left there is removed at each start.
    [Fact]
    public void Where_a_link_stands_for_what_is_not_finished_nothing_behind_it_is_removed()
    {
        using var cache = new TemporaryDirectory();
        using var others = new TemporaryDirectory();
        string unfinished = Path.Combine(cache.Path, "unfinished"), file = Path.Combine(others.Path, "letter");
        File.WriteAllText(file, "");
        Directory.CreateSymbolicLink(unfinished, others.Path);
        using var server = new LyingIndexServer();
        server.Index(cache.Path).Dispose();
        Assert.True(File.Exists(file));

        Directory.Delete(unfinished);
        Directory.CreateDirectory(unfinished);
        File.CreateSymbolicLink(Path.Combine(unfinished, "link"), file);
        File.WriteAllText(Path.Combine(unfinished, "half"), "");
        server.Index(cache.Path).Dispose();
        Assert.True(File.Exists(file));
        Assert.Empty(Directory.EnumerateFileSystemEntries(unfinished));
    }

    [Fact]
    public async Task After_the_clock_was_set_back_nothing_is_fresh()
    {
        using var cache = new TemporaryDirectory();
        var time = new EagerTime();
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page.With("Cache-Control", "max-age=600"));
        using SimpleIndex index = server.Index(cache.Path, time);
        await index.PageOf();
        time.Move(TimeSpan.FromDays(-1));
        await index.PageOf();
        Assert.Equal(2, server.CountOf(Served.Page));
    }

    // A request's head is ASCII: the question was never sent, each time, and the server was said to have broken off.
    [Fact]
    public async Task A_page_tagged_with_what_no_request_can_carry_is_asked_for_without_the_tag()
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(
            Served.Page, Page.WithETag("\"caf\u00e9\"").With("Cache-Control", "max-age=0"));
        using var cache = new TemporaryDirectory();
        foreach (int _ in (int[])[1, 2])
        {
            using SimpleIndex index = server.Index(cache.Path);
            Assert.NotNull(await index.PageOf());
        }
        Assert.DoesNotContain(server.Requests, r => r.Headers.ContainsKey("If-None-Match"));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_stale_page_is_asked_for_by_its_ETag_and_not_sent_again()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().Serve(
            Served.Page, Page.WithETag("\"one\"").With("Cache-Control", "max-age=0"));
        using SimpleIndex index = server.Index(cache.Path);
        await index.PageOf();
        Assert.Equal(Served.FileName, (await index.FileOf()).FileName);
        Assert.Equal("\"one\"", server.Requests[1].Headers["If-None-Match"]);
        Assert.False(server.Requests[0].Headers.ContainsKey("If-None-Match"));
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_anything_that_is_kept_is_not_waited_for()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.Page, Page.With("Cache-Control", "max-age=600"));
        for (int round = 0; round < 2; round++)
        {
            using SimpleIndex index = server.Index(cache.Path);
            IndexFile file = await index.FileOf();
            // Without METADATA beside it the wheel is kept as well.
            foreach (IndexFile asked in (IndexFile[])[file, file with { HasMetadata = false, MetadataSha256 = null }])
                Assert.Contains("Name: pebble", await index.MetadataOf(asked), StringComparison.Ordinal);
            string[] kept = [.. cache.Files];
            Assert.Equal(3, kept.Length);
            foreach (string path in kept) TemporaryDirectory.MakePipe(path);
            Assert.Equal(Served.Wheel, await index.BytesOf(file));
        }
    }

    [Fact]
    public async Task Unchanged_is_no_answer_to_who_never_had_it()
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, ServedAnswer.OfStatus(304));
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.Page, await Served.RuleOf(() => index.PageOf()));
    }

    [Fact]
    public async Task A_failing_server_is_not_replaced_by_what_it_once_said()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page, ServedAnswer.OfStatus(500));
        using SimpleIndex index = server.Index(cache.Path);
        await index.PageOf();
        Assert.Equal($"({IndexRules.Status})", await Served.RuleOf(() => index.PageOf()));
    }

    [Fact]
    public async Task What_must_not_be_stored_is_not()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page.With("Cache-Control", "no-store, max-age=600"));
        using SimpleIndex index = server.Index(cache.Path);
        await index.PageOf();
        Assert.Empty(cache.Files);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_cache()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index(cache.Path);
        await index.MetadataOf((await index.FileOf()) with { HasMetadata = false, MetadataSha256 = null });
        await index.MetadataOf(await index.FileOf());
        Assert.Equal(3, cache.Files.Count());      // page, METADATA, wheel; nothing left over
        Assert.All(cache.Files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.All(
            Directory.EnumerateDirectories(cache.Path, "*", SearchOption.AllDirectories),
            directory => Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory)));
    }

    [Fact]
    public async Task Damage_anywhere_in_an_entry_makes_it_a_miss()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page.With("Cache-Control", "max-age=600"));
        using SimpleIndex index = server.Index(cache.Path);
        await index.PageOf();
        string entry = cache.Files.Single();
        byte[] whole = await File.ReadAllBytesAsync(entry, TestContext.Current.CancellationToken);
        int asked = 1;
        foreach (int at in Enumerable.Range(0, whole.Length).Where(at => at < 300 || at % 97 == 0))
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x41;
            await File.WriteAllBytesAsync(entry, damaged, TestContext.Current.CancellationToken);
            Assert.Equal(Served.FileName, (await index.FileOf()).FileName);
            Assert.Equal(++asked, server.CountOf(Served.Page));
        }
        foreach (int length in (int[])[0, 1, 64, 65, 66, 200, whole.Length - 1])
        {
            await File.WriteAllBytesAsync(entry, whole[..length], TestContext.Current.CancellationToken);
            await index.PageOf();
            Assert.Equal(++asked, server.CountOf(Served.Page));
        }
    }

    [Fact]
    public async Task The_entry_of_one_page_is_not_taken_for_another()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer()
            .Serve(Served.Page, Page.With("Cache-Control", "max-age=600"))
            .Serve("/other/pebble/", Page.With("Cache-Control", "max-age=600"));
        using SimpleIndex index = server.Index(cache.Path), other = Served.At(new Uri(server.Address, "other/"), cache.Path);
        await index.PageOf();
        string entry = cache.Files.Single();
        await other.PageOf();
        File.Copy(entry, cache.Files.Single(file => file != entry), overwrite: true);
        Assert.Equal("/files/" + Served.FileName, (await other.FileOf()).Url.AbsolutePath);
        Assert.Equal(2, server.CountOf("/other/pebble/"));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_costs_time_only()
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "a-file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index(Path.Combine(file, "cache"));
        Assert.NotEmpty(await index.MetadataOf(await index.FileOf()));
    }

    [Fact]
    public async Task METADATA_is_fetched_once_and_its_digest_checked_on_every_read()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index(cache.Path);
        IndexFile file = await index.FileOf();
        string metadata = await index.MetadataOf(file);
        Assert.Contains("Name: pebble", metadata, StringComparison.Ordinal);
        Assert.Equal(metadata, await index.MetadataOf(file));
        Assert.Equal(1, server.CountOf(Served.MetadataPath));

        string kept = cache.Files.Single(path => path.EndsWith(file.MetadataSha256!.Value.Hex, StringComparison.Ordinal));
        await File.WriteAllTextAsync(kept, metadata + "Requires-Dist: evil\n", TestContext.Current.CancellationToken);
        Assert.Equal(metadata, await index.MetadataOf(file));
        Assert.Equal(2, server.CountOf(Served.MetadataPath));
    }

    [Fact]
    public async Task Offline_nothing_is_asked_and_pages_count_whatever_their_age()
    {
        using var cache = new TemporaryDirectory();
        var time = new EagerTime();
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using (SimpleIndex online = server.Index(cache.Path, time)) await online.MetadataOf(await online.FileOf());
        int asked = server.Requests.Count;
        time.Move(TimeSpan.FromDays(1000));
        using SimpleIndex index = server.Index(cache.Path, time, offline: true);
        IndexFile file = await index.FileOf();
        Assert.NotEmpty(await index.MetadataOf(file));
        Assert.Equal($"({IndexRules.Offline})", await Served.RuleOf(() => index.BytesOf(file)));
        Assert.Equal(
            $"({IndexRules.Offline})",
            await Served.RuleOf(
                () => index.GetPageAsync(Packaging.Names.PackageName.Parse("boulder"), TestContext.Current.CancellationToken)));
        Assert.Equal(asked, server.Requests.Count);
    }
}
