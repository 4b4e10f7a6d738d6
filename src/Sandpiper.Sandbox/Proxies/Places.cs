namespace Sandpiper.Sandbox.Proxies;

/// <summary>So many connections at once, wherever they come in. Who comes later waits; and one that is over gives way to him.</summary>
/// <remarks>
/// Programs keep connections for the next request, and do not notice that the server has ended one. Left alone it may stay for ever, for
/// its program could still have something to say.
/// </remarks>
internal sealed class Places(int most)
{
    private readonly object _lock = new();  // a Monitor: it is waited on
    private readonly LinkedList<Relay> _over = [];
    private int _free = most;

    /// <summary>Waits for one.</summary>
    public void Take()
    {
        lock (_lock)
        {
            while (_free == 0)
            {
                if (_over.First is { } oldest)
                {
                    _over.RemoveFirst();
                    oldest.Value.GiveWay();
                }
                Monitor.Wait(_lock);
            }
            _free--;
        }
    }

    /// <summary>Gives it back.</summary>
    public void Give()
    {
        lock (_lock)
        {
            _free++;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Its server has ended it.</summary>
    public void IsOver(Relay relay)
    {
        lock (_lock)
        {
            if (relay.IsGone) return;
            _over.AddLast(relay);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>It is closed.</summary>
    public void IsGone(Relay relay)
    {
        lock (_lock)
        {
            relay.IsGone = true;
            _over.Remove(relay);
        }
    }
}
