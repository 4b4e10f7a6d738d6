using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>Ports of this machine at which servers of a program are reached. They are taken before the program starts.</summary>
internal sealed class PublishedPorts : IDisposable
{
    private const int Waiting = 128;

    private readonly ImmutableArray<(Socket Listener, int Inside)> _taken;
    private readonly List<Doorway> _doorways = [];

    private PublishedPorts(ImmutableArray<(Socket Listener, int Inside)> taken) => _taken = taken;

    /// <param name="hosts">Whom the program reaches: of this machine's services each is at its own port of the program's loopback.</param>
    /// <param name="proxyPort">There, too.</param>
    /// <exception cref="PortTakenException">Somebody else has one, or it may not be had.</exception>
    public static PublishedPorts Take(ImmutableArray<PortGrant> ports, ImmutableArray<HostGrant> hosts, int proxyPort)
    {
        HashSet<int> waysOut = [.. InnerPlace.Of(hosts)
            .Where(place => place.Address.Equals(IPAddress.Loopback) || place.Address.Equals(IPAddress.IPv6Loopback))
            .SelectMany(place => place.Ports), .. hosts.IsEmpty ? [] : (int[])[proxyPort]];
        foreach (PortGrant port in ports)
        {
            if (waysOut.Contains(port.Inside)) throw new PortTakenException(port, PortTrouble.LeadsOut);
            if (ports.Any(other => other != port && IsSamePlace(other, port))) throw new PortTakenException(port, PortTrouble.Twice);
        }
        var taken = ImmutableArray.CreateBuilder<(Socket, int)>();
        foreach (PortGrant port in ports)
        {
            var listener = new Socket(port.Bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            taken.Add((listener, port.Inside));
            try
            {
                listener.Bind(new IPEndPoint(port.Bind, port.Port));
                listener.Listen(Waiting);
            }
            catch (SocketException e)
            {
                foreach (var (held, _) in taken) held.Dispose();
                throw new PortTakenException(port, e.SocketErrorCode switch
                {
                    SocketError.AddressAlreadyInUse => PortTrouble.InUse,
                    SocketError.AccessDenied => PortTrouble.NeedsRoot,
                    _ => PortTrouble.NoSuchAddress,
                });
            }
        }
        return new PublishedPorts(taken.DrainToImmutable());
    }

    // On every address is on each.
    private static bool IsSamePlace(PortGrant one, PortGrant other) =>
        one.Port == other.Port && one.Bind.AddressFamily == other.Bind.AddressFamily
        && (one.Bind.Equals(other.Bind) || IsEvery(one.Bind) || IsEvery(other.Bind));

    private static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>Lets everybody in who comes, from now on; who came before has waited.</summary>
    /// <param name="inside">Makes the connections inside.</param>
    public void Open(InnerConnections inside)
    {
        var places = new Places(Doorway.MostAtOnce);
        foreach (var (listener, port) in _taken)
        {
            _doorways.Add(new Doorway(listener, came =>
            {
                if (inside.TryConnect(port) is not { } server)
                {
                    came.LingerState = new LingerOption(enable: true, seconds: 0); // refused, as it would be without us
                    return;
                }
                using var relay = new Relay(came, server, places);
                relay.Run();
            }, places));
        }
    }

    public void Dispose()
    {
        foreach (Doorway doorway in _doorways) doorway.Dispose();
        foreach (var (listener, _) in _taken) listener.Dispose();
    }
}
