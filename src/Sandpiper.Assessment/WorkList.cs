using System.Runtime.ExceptionServices;

namespace Sandpiper.Assessment;

/// <summary>Work that may lead to more work, done by a few threads, what is first in order first.</summary>
internal sealed class WorkList
{
    private readonly PriorityQueue<Action, (int Order, int Number)> _waiting = new();
    private readonly object _gate = new();
    private ExceptionDispatchInfo? _failure;
    private int _unfinished, _number;

    /// <summary>Adds something to do; also while others are being done.</summary>
    public void Add(int order, Action act)
    {
        lock (_gate)
        {
            _unfinished++;
            _waiting.Enqueue(act, (order, _number++));
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Does everything, and what it leads to.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is being done any more.</exception>
    /// <remarks>The first exception of what is done ends it all and is thrown here.</remarks>
    public void DoAll(int workers, CancellationToken cancel)
    {
        using CancellationTokenRegistration wake = cancel.Register(Wake);
        Thread[] threads = [.. Enumerable.Range(0, Math.Max(1, workers)).Select(_ => new Thread(() => Work(cancel)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        _failure?.Throw();
        cancel.ThrowIfCancellationRequested();
    }

    private void Work(CancellationToken cancel)
    {
        try
        {
            while (Next(cancel) is { } act)
            {
                act();
                lock (_gate) _unfinished--;
                Wake();
            }
        }
        catch (Exception e)
        {
            lock (_gate) _failure ??= ExceptionDispatchInfo.Capture(e);
            Wake();
        }
    }

    private Action? Next(CancellationToken cancel)
    {
        lock (_gate)
        {
            while (_unfinished > 0 && _failure is null && !cancel.IsCancellationRequested)
            {
                if (_waiting.TryDequeue(out Action? act, out _)) return act;
                Monitor.Wait(_gate);
            }
            return null;
        }
    }

    private void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }
}
