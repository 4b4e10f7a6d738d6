using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Sockets;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>Makes connections to servers of a program, in its network, from outside.</summary>
/// <remarks>
/// A socket belongs for good to the network that it was made in, and nobody outside can make one there without rights over it; a helper
/// inside would be a process among the program's. But accept(2) makes one in the network of the listener, and a connected one can be freed
/// again (connect(2) to AF_UNSPEC). So two sockets, which the second stage makes before anything of the program runs, give as many as
/// are wanted: the spare one comes to the listener, and whom that lets in is the new one. Nothing of it is ever the program's; it can come
/// to the listener, too, and is sent away.
/// </remarks>
internal sealed class InnerConnections(Socket listener, SafeFileHandle spare) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _making = new();
    private readonly bool _isVersion6 = listener.AddressFamily is AddressFamily.InterNetworkV6;

    /// <param name="port">On the program's loopback.</param>
    /// <returns>Null when nobody listens there.</returns>
    public Socket? TryConnect(int port)
    {
        foreach (IPAddress address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            if (address.AddressFamily is AddressFamily.InterNetworkV6 && !_isVersion6) continue;
            Socket made = Make();
            if (Connect(made, address, port) == 0) return made;
            made.Dispose();
        }
        return null;
    }

    public void Dispose()
    {
        listener.Dispose();
        spare.Dispose();
    }

    // Its owner takes it for connected all the time.
    private Socket Make()
    {
        lock (_making)
        {
            try
            {
                int errno = OpenSocket.Connect(spare, AddressOf(
                    _isVersion6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port));
                if (errno != 0) throw new SocketException((int)SocketError.NetworkDown);
                return Accepted(OpenSocket.PortOf(spare));
            }
            finally
            {
                OpenSocket.Free(spare);
            }
        }
    }

    private Socket Accepted(int? from)
    {
        // Who floods the listener keeps only his own server from being reached.
        while (listener.Poll(Patience, SelectMode.SelectRead))
        {
            Socket came = listener.Accept();
            if ((came.RemoteEndPoint as IPEndPoint)?.Port == from)
            {
                using var handle = new SafeFileHandle(came.Handle, ownsHandle: false);
                OpenSocket.Free(handle);
                return came;
            }
            came.Dispose();
        }
        throw new SocketException((int)SocketError.TimedOut);
    }

    private int Connect(Socket made, IPAddress address, int port)
    {
        using var handle = new SafeFileHandle(made.Handle, ownsHandle: false);
        return OpenSocket.Connect(handle, AddressOf(address, port));
    }

    private ReadOnlySpan<byte> AddressOf(IPAddress address, int port)
    {
        SocketAddress native = new IPEndPoint(_isVersion6 ? address.MapToIPv6() : address, port).Serialize();
        return native.Buffer.Span[..native.Size];
    }
}
