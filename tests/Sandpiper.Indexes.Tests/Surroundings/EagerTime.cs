using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sandpiper.Indexes.Tests.Surroundings;

/// <summary>
/// Pauses between attempts are over at once and remembered; limits end when a test says so, however fast the machine is. Its clock can be
/// moved.
/// </summary>
internal sealed class EagerTime : TimeProvider
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);    // every limit is longer
    private readonly ConcurrentQueue<TimeSpan> _pauses = [];
    private readonly ConcurrentDictionary<Limit, TimeSpan> _limits = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<TimeSpan, bool> _over = [];
    private TimeSpan _moved;

    public IReadOnlyList<TimeSpan> Pauses => [.. _pauses];

    public void Move(TimeSpan by) => _moved += by;

    /// <summary>Whoever waits for at most so long, now or later, has waited long enough.</summary>
    public void End(TimeSpan limit)
    {
        _over[limit] = true;
        foreach ((Limit waiting, TimeSpan due) in _limits)
        {
            if (due == limit) waiting.Ring();
        }
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _moved;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(_moved.TotalSeconds * Stopwatch.Frequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < LongestPause && dueTime != Timeout.InfiniteTimeSpan)
        {
            _pauses.Enqueue(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
        var limit = new Limit(() => callback(state), gone => _limits.TryRemove(gone, out _));
        _limits[limit] = dueTime;
        if (_over.ContainsKey(dueTime)) limit.Ring();
        return limit;
    }

    private sealed class Limit(Action ring, Action<Limit> dispose) : ITimer
    {
        private int _hasRung;

        public void Ring()
        {
            if (Interlocked.Exchange(ref _hasRung, 1) == 0) ThreadPool.QueueUserWorkItem(_ => ring());
        }

        // Whoever sets the same one anew (a source that is reset) is not among us.
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => dispose(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
