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

    /// <exception cref="PortTakenException">Somebody else has one, or it may not be had.</exception>
    public static PublishedPorts Take(ImmutableArray<PortGrant> ports)
    {
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

    /// <summary>Lets everybody in who comes, from now on; who came before has waited.</summary>
    /// <param name="inside">Makes the connections inside.</param>
    public void Open(InnerConnections inside)
    {
        var free = new SemaphoreSlim(Doorway.MostAtOnce);
        foreach (var (listener, port) in _taken)
        {
            _doorways.Add(new Doorway(listener, came =>
            {
                if (inside.TryConnect(port) is not { } server)
                {
                    came.LingerState = new LingerOption(enable: true, seconds: 0); // refused, as it would be without us
                    return;
                }
                using var relay = new Relay(came, server);
                relay.Run();
            }, free));
        }
    }

    public void Dispose()
    {
        foreach (Doorway doorway in _doorways) doorway.Dispose();
        foreach (var (listener, _) in _taken) listener.Dispose();
    }
}
