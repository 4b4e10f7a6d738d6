using System.Net;
using System.Net.Sockets;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>What is tried again, what is not, and how long anything is waited for.</summary>
public sealed class RetryTests
{
    private static readonly ServedAnswer Page = ServedAnswer.Json(Served.PageJson);

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_busy_server_is_asked_again_three_times_with_growing_pauses(int status)
    {
        ServedAnswer busy = ServedAnswer.OfStatus(status);
        var time = new EagerTime();
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, busy, busy, busy, Page);
        using SimpleIndex index = server.Index(time: time);
        Assert.NotNull(await index.PageOf());
        Assert.Equal(4, server.CountOf(Served.Page));
        Assert.Equal(3, time.Pauses.Count);
        Assert.InRange(time.Pauses[0].TotalSeconds, 0.125, 0.375);
        Assert.InRange(time.Pauses[2].TotalSeconds, 0.5, 1.5);
    }

    [Fact]
    public async Task The_fourth_failure_is_the_last()
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, ServedAnswer.OfStatus(503));
        using SimpleIndex index = server.Index();
        Assert.Equal($"({IndexRules.Status})", await Served.RuleOf(() => index.PageOf()));
        Assert.Equal(4, server.CountOf(Served.Page));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task A_server_that_means_it_is_asked_once(int status)
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, ServedAnswer.OfStatus(status));
        using SimpleIndex index = server.Index();
        await Assert.ThrowsAsync<IndexException>(() => index.PageOf());
        Assert.Equal(1, server.CountOf(Served.Page));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(40)]
    public async Task A_broken_connection_is_tried_again_and_nothing_of_the_first_answer_is_used(int dropAfter)
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page with { DropAfter = dropAfter }, Page);
        using SimpleIndex index = server.Index();
        Assert.Equal(Served.FileName, (await index.FileOf()).FileName);
        Assert.Equal(2, server.CountOf(Served.Page));
    }

    [Fact]
    public async Task A_connection_that_always_breaks_is_a_failure_and_not_an_absent_name()
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page with { DropAfter = 40 });
        using SimpleIndex index = server.Index();
        Assert.Equal($"({IndexRules.Unreachable})", await Served.RuleOf(() => index.PageOf()));
    }

    [Fact]
    public async Task A_refused_connection_is_a_failure_and_not_an_absent_name()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using SimpleIndex index = Served.At(new Uri($"http://127.0.0.1:{port}/simple/"));
        Assert.Equal($"({IndexRules.Unreachable})", await Served.RuleOf(() => index.PageOf()));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(40)]
    public async Task A_server_that_falls_silent_is_left_and_not_asked_again(int stallAfter)
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page with { StallAfter = stallAfter });
        using SimpleIndex index = server.Index(time: server.UntilSilence());
        Assert.Equal($"({IndexRules.Unreachable})", await Served.RuleOf(() => index.PageOf()));
        Assert.Equal(1, server.CountOf(Served.Page));
    }

    [Fact]
    public async Task A_page_that_is_not_complete_in_time_is_left_although_something_may_still_come()
    {
        var time = new EagerTime();
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page with { StallAfter = 40 });
        using SimpleIndex index = server.Index(time: time);
        Task<string> asking = Served.RuleOf(() => index.PageOf());
        await server.Stalled;
        time.End(FetchLimits.Default.Page);
        Assert.Equal($"({IndexRules.Unreachable})", await asking);
    }

    [Fact]
    public void Without_being_told_otherwise_we_are_patient_for_minutes_and_not_for_hours()
    {
        FetchLimits limits = FetchLimits.Default;
        Assert.InRange(limits.Connect, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
        Assert.InRange(limits.Silence, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2));
        Assert.InRange(limits.Page, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
        Assert.InRange(limits.Start, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5));
        Assert.InRange(limits.SlowestBytesPerSecond, 1024, 16 << 10);
    }

    [Fact]
    public async Task A_download_that_breaks_off_begins_anew()
    {
        ServedAnswer wheel = ServedAnswer.Bytes(Served.Wheel);
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.WheelPath, wheel with { DropAfter = 100 }, wheel);
        using SimpleIndex index = server.Index();
        Assert.Equal(Served.Wheel, await index.BytesOf(await index.FileOf()));
    }

    [Fact]
    public async Task A_question_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, Page with { StallAfter = -1 });
        using SimpleIndex index = server.Index();
        Task asking = index.GetPageAsync(Served.Pebble, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }
}
