using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Sockets;

/// <summary>What an open socket is, and connecting it: socket(7), connect(2).</summary>
public static unsafe partial class OpenSocket
{
    /// <summary>AF_UNIX, AF_INET …; null when it is no socket.</summary>
    public static int? FamilyOf(SafeFileHandle socket) => Option(socket, Domain);

    /// <summary>Whether each message says where it goes, so that it reaches others than it was connected to.</summary>
    public static bool SendsToAnybody(SafeFileHandle socket) => Option(socket, Kind) is not (Stream or WholeMessages);

    /// <summary>The network namespace it was made in, if that is one over which we have rights: SIOCGSKNS.</summary>
    public static FileIdentity? NetworkOf(SafeFileHandle socket)
    {
        nint opened = SystemCall.Invoke(SystemCall.Ioctl, (nuint)socket.DangerousGetHandle(), GetNetwork, 0, 0, 0);
        if (opened < 0) return null;
        using var network = new SafeFileHandle(opened, ownsHandle: true);
        return FileFacts.IdentityOf(network);
    }

    /// <summary>Waits where the socket does.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Connect(SafeFileHandle socket, ReadOnlySpan<byte> address)
    {
        int done;
        fixed (byte* start = address) done = Connect(socket, start, (uint)address.Length);
        return done == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Makes one and connects it.</summary>
    /// <param name="patience">For the answer.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="SocketException">No such family here, or no descriptors left.</exception>
    public static Socket? TryConnect(IPEndPoint to, TimeSpan patience)
    {
        SocketAddress address = to.Serialize();
        while (true)
        {
            // SO_SNDTIMEO, which connect(2) keeps to. The way of the base library would leave it non-blocking for good.
            var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            {
                SendTimeout = (int)patience.TotalMilliseconds,
            };
            using var handle = new SafeFileHandle(socket.Handle, ownsHandle: false);
            int errno = Connect(handle, address.Buffer.Span[..address.Size]);
            if (errno == 0) return socket;
            socket.Dispose();
            if (errno != Errno.Interrupted) return null;
        }
    }

    /// <summary>Takes what it is connected to away from it, so that it can be connected anew: connect(2), AF_UNSPEC.</summary>
    public static void Free(SafeFileHandle socket) => _ = Connect(socket, stackalloc byte[16]);

    /// <summary>Its own port; null when it has none.</summary>
    public static int? PortOf(SafeFileHandle socket)
    {
        using var known = new Socket(new SafeSocketHandle(socket.DangerousGetHandle(), ownsHandle: false));
        return (known.LocalEndPoint as IPEndPoint)?.Port;
    }

    /// <summary>Without binding it first, as the base library insists: what it lets in is then bound to nothing either.</summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void Listen(Socket socket, int waiting)
    {
        using var handle = new SafeFileHandle(socket.Handle, ownsHandle: false);
        if (Listen(handle, waiting) != 0) throw new KernelException("listen", Marshal.GetLastPInvokeError());
    }

    private static int? Option(SafeFileHandle socket, int name)
    {
        int value = 0;
        uint length = sizeof(int);
        return GetOption(socket, OfSockets, name, &value, &length) == 0 ? value : null;
    }

    public const int Local = 1;                             // AF_UNIX
    private const int Stream = 1, WholeMessages = 5;        // SOCK_STREAM, SOCK_SEQPACKET
    private const int OfSockets = 1, Kind = 3, Domain = 39; // SOL_SOCKET, SO_TYPE, SO_DOMAIN: asm-generic/socket.h
    private const nuint GetNetwork = 0x894c;                // SIOCGSKNS: linux/sockios.h

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(SafeFileHandle socket, int level, int name, int* value, uint* length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(SafeFileHandle socket, int waiting);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeFileHandle socket, byte* address, uint length);
}
