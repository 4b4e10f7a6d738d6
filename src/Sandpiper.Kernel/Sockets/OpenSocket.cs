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

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeFileHandle socket, byte* address, uint length);
}
