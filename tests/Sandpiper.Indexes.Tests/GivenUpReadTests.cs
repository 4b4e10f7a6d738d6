using System.Net;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Indexes.Tests.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>
/// A read that is given up closes the connection under itself, and how that looks is a matter of the moment: cancelled, disposed, broken
/// off, or at its end. What is told must not depend on it.
/// </summary>
public sealed class GivenUpReadTests
{
    private static readonly Uri Address = new("https://index.example/simple/pebble/");
    private readonly EagerTime _time = new();

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task A_silent_server_is_called_silent(string look)
    {
        IndexException error = await Assert.ThrowsAsync<IndexException>(
            () => ReadAsync(look, () => _time.End(FetchLimits.Default.Silence), CancellationToken.None));
        Assert.Equal((IndexRules.Unreachable, false, false), (error.Rule, error.IsRefusal, error.MayPass));
        Assert.Contains("silent", error.Because, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Whoever_cancels_is_told_that_he_did(string look)
    {
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(look, source.Cancel, source.Token));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task A_page_that_takes_too_long_is_called_late(string look)
    {
        IndexException error = await Assert.ThrowsAsync<IndexException>(
            () => ReadAsync(look, () => _time.End(FetchLimits.Default.Page), CancellationToken.None));
        Assert.Equal((IndexRules.Unreachable, false, false), (error.Rule, error.IsRefusal, error.MayPass));
        Assert.Contains("not complete", error.Because, StringComparison.Ordinal);
    }

    public static TheoryData<string> Looks => ["cancelled", "disposed", "broken off", "at its end"];

    private async Task ReadAsync(string look, Action giveUp, CancellationToken cancel)
    {
        var body = new Closed(look);
        using var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) };
        var answer = new Answer(response, Address, FetchLimits.Default, _time);
        Task reading = answer.ReadAllAsync(maxBytes: 100, cancel);
        await body.Waiting;
        giveUp();
        await reading;
    }

    private sealed class Closed(string look) : MemoryStream
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _waiting.TrySetResult();
            var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (cancellationToken.Register(gone.SetResult)) await gone.Task;
            return look switch
            {
                "cancelled" => throw new OperationCanceledException(cancellationToken),
                "disposed" => throw new ObjectDisposedException("connection"),
                "broken off" => throw new IOException("the connection is closed"),
                _ => 0,
            };
        }
    }
}
