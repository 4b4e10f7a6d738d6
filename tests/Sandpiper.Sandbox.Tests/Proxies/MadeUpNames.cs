using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sandpiper.Sandbox.Tests.Proxies;

/// <summary>A resolver that knows what a test tells it, and what was asked of it.</summary>
internal sealed class MadeUpNames
{
    private readonly Dictionary<string, string[]> _addresses = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _asked = [];

    /// <summary>Where a name leads.</summary>
    public string[] this[string name]
    {
        set => _addresses[name] = value;
    }

    public ConcurrentBag<string> Asked => _asked;

    public IPAddress[] Resolve(string name)
    {
        _asked.Add(name);
        return _addresses.TryGetValue(name, out string[]? addresses) ? [.. addresses.Select(IPAddress.Parse)]
            : throw new SocketException((int)SocketError.HostNotFound);
    }
}
