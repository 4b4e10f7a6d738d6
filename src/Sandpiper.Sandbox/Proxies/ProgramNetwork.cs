using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>What leads out of and into the network of one program, which has no way out of its own.</summary>
/// <remarks>
/// The second stage makes the sockets (<see cref="Needed"/>) in the program's network, before anything of it runs, and hands them out; all
/// that is decided is decided in this process. Nothing listens on the host for it but the ports that are published.
/// </remarks>
internal sealed class ProgramNetwork : IDisposable
{
    private readonly List<IDisposable> _open = [];

    private ProgramNetwork() { }

    /// <summary>The sockets that are needed inside, in order.</summary>
    public static ImmutableArray<InnerSocket> Needed(ImmutableArray<HostGrant> hosts, int proxyPort, ImmutableArray<PortGrant> ports) =>
    [
        .. hosts.IsEmpty ? [] : (InnerSocket[])[InnerSocket.Listening(new(IPAddress.Loopback, proxyPort))],
        .. Places(hosts).Select(place => InnerSocket.Listening(place.Inside)),
        .. ports.IsEmpty ? [] : (InnerSocket[])[InnerSocket.AnywhereBut(ports.Select(port => port.Inside)), InnerSocket.Spare],
    ];

    /// <summary>From now on.</summary>
    /// <param name="hosts">What was granted.</param>
    /// <param name="published">The ports of this machine, taken.</param>
    /// <param name="made">What <see cref="Needed"/> asked for; ours from now on.</param>
    /// <param name="refused">Is told of each refusal, from any thread.</param>
    /// <param name="reached">Is told of each connection, from any thread; null: nobody is.</param>
    /// <param name="upstream">The proxies by which this machine reaches the internet; null: it needs none.</param>
    public static ProgramNetwork Begin(ImmutableArray<HostGrant> hosts, PublishedPorts published, ImmutableArray<SafeFileHandle> made,
        Action<RefusedConnection> refused, Action<Destination>? reached, IWebProxy? upstream)
    {
        var network = new ProgramNetwork();
        var sockets = new Queue<SafeFileHandle>(made);
        var gate = new HostGate(hosts, Dns.GetHostAddresses, reached,
            upstream is null ? null : new UpstreamProxy(upstream, Dns.GetHostAddresses));
        var places = new Places(Doorway.MostAtOnce);
        var proxy = new HostProxy(gate, refused, places);
        if (!hosts.IsEmpty) network._open.Add(new Doorway(Listener(sockets.Dequeue()), proxy.Serve, places));
        foreach (var (_, wanted) in Places(hosts))
        {
            network._open.Add(new Doorway(Listener(sockets.Dequeue()), came => proxy.ServeDirectly(came, wanted), places));
        }
        if (sockets.Count > 0)
        {
            var inside = new InnerConnections(Listener(sockets.Dequeue()), sockets.Dequeue());
            network._open.Add(inside);
            published.Open(inside);
        }
        return network;
    }

    public void Dispose()
    {
        foreach (IDisposable open in _open) open.Dispose();
    }

    private static IEnumerable<(IPEndPoint Inside, Destination Wanted)> Places(ImmutableArray<HostGrant> hosts) =>
        InnerPlace.Of(hosts)
            .SelectMany(place => place.Ports.Select(port => (new IPEndPoint(place.Address, port), new Destination(place.Host, port))))
            .DistinctBy(place => place.Item1);

    private static Socket Listener(SafeFileHandle made)
    {
        var socket = new Socket(new SafeSocketHandle(made.DangerousGetHandle(), ownsHandle: true));
        made.SetHandleAsInvalid();
        return socket;
    }
}
