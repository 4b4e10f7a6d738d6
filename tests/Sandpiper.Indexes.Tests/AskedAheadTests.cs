using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>Pages that are asked for before anybody can use them.</summary>
public sealed class AskedAheadTests
{
    [Fact]
    public async Task What_was_asked_ahead_is_not_asked_again()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        using var ahead = new AskedAhead(index);
        ahead.Ask([Served.Pebble, Served.Pebble]);
        Assert.NotNull(await ahead.PageOf());
        Assert.Equal(1, server.CountOf(Served.Page));
    }

    [Fact]
    public async Task What_failed_ahead_fails_once_where_it_is_needed()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll()
            .Serve(Served.Page, ServedAnswer.OfStatus(500), ServedAnswer.Json(Served.PageJson));
        using SimpleIndex index = server.Index();
        using var ahead = new AskedAhead(index);
        ahead.Ask([Served.Pebble]);
        Assert.Equal(IndexRules.Status, (await Assert.ThrowsAsync<IndexException>(ahead.PageOf)).Rule);
        Assert.NotNull(await ahead.PageOf());
    }

    [Fact]
    public async Task What_nobody_came_for_is_over_before_its_index_is_closed()
    {
        using LyingIndexServer server = new LyingIndexServer()
            .Serve(Served.Page, ServedAnswer.Json(Served.PageJson) with { StallAfter = 20 });
        using SimpleIndex index = server.Index();
        var ahead = new AskedAhead(index);
        ahead.Ask([Served.Pebble]);
        await server.Stalled.WaitAsync(Patience.Endless, TestContext.Current.CancellationToken);
        ahead.Dispose();
        Assert.Equal(1, server.CountOf(Served.Page));
    }
}
