namespace Sandpiper.Indexes.Tests.Surroundings;

/// <summary>Real time for limits; pauses between attempts are over at once and remembered. Its clock can be moved.</summary>
internal sealed class EagerTime : TimeProvider
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1.4) * 2;
    private readonly List<TimeSpan> _pauses = [];
    private TimeSpan _moved;

    /// <summary>Whatever is waited for with this switched on is a pause.</summary>
    public IReadOnlyList<TimeSpan> Pauses => _pauses;

    public void Move(TimeSpan by) => _moved += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _moved;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Limits are the three of Served.Limits.
        bool isPause = dueTime < LongestPause && dueTime != TimeSpan.FromSeconds(1.5) && dueTime != Timeout.InfiniteTimeSpan;
        if (isPause) _pauses.Add(dueTime);
        return base.CreateTimer(callback, state, isPause ? TimeSpan.Zero : dueTime, period);
    }
}
