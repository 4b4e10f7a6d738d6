using Sandpiper.Indexes.Tests.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>The time of these tests: on a busy machine an answer comes when it comes, and no limit may be over before.</summary>
public sealed class EagerTimeTests
{
    [Fact]
    public async Task A_limit_ends_when_a_test_says_so_and_is_on_no_clock()
    {
        var time = new EagerTime();
        TimeSpan limit = TimeSpan.FromSeconds(60);
        var rung = new TaskCompletionSource();
        await using ITimer timer = time.CreateTimer(_ => rung.TrySetResult(), null, limit, Timeout.InfiniteTimeSpan);

        Assert.False(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan), "it can be set, as a clock can");
        Assert.False(rung.Task.IsCompleted);
        time.End(limit);
        await rung.Task;
        Assert.Empty(time.Pauses);
    }

    [Fact]
    public async Task A_pause_is_over_at_once_and_remembered()
    {
        var time = new EagerTime();
        await Task.Delay(TimeSpan.FromSeconds(2), time, TestContext.Current.CancellationToken);
        Assert.Equal([TimeSpan.FromSeconds(2)], time.Pauses);
    }
}
