using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Sockets;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>A socket that has to be made in the program's network: by the second stage, which is told so in one word.</summary>
/// <param name="Text">The address and port where it listens, or one of two words.</param>
internal readonly record struct InnerSocket(string Text)
{
    private const char Not = '/';
    private const string Any = "any";
    private const int Waiting = 128;

    /// <summary>Listens on a port that the kernel chooses, and is bound to none: what it lets in can be freed from it.</summary>
    /// <param name="ports">Where the program wants to listen itself: the kernel, not knowing of it, may choose one of them.</param>
    public static InnerSocket AnywhereBut(IEnumerable<int> ports) => new($"{Any}{string.Concat(ports.Select(port => $"{Not}{port}"))}");

    /// <summary>Does nothing.</summary>
    public static InnerSocket Spare { get; } = new("spare");

    public static InnerSocket Listening(IPEndPoint at) => new($"{at}");

    /// <exception cref="SocketException">The kernel makes none.</exception>
    /// <exception cref="FormatException">It is no such word.</exception>
    public Socket Make()
    {
        if (this == Spare) return Free();
        if (Text.StartsWith(Any, StringComparison.Ordinal))
            return MakeBut([.. Text[Any.Length..].Split(Not, StringSplitOptions.RemoveEmptyEntries).Select(Port)]);
        IPEndPoint at = IPEndPoint.Parse(Text);
        var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(at);
        listener.Listen(Waiting);
        return listener;
    }

    private static Socket MakeBut(ImmutableArray<int> ports)
    {
        // Held until another one is found: the kernel might choose it again.
        List<Socket> taken = [];
        try
        {
            while (true)
            {
                Socket free = Free();
                OpenSocket.Listen(free, Waiting);
                using var handle = new SafeFileHandle(free.Handle, ownsHandle: false);
                if (OpenSocket.PortOf(handle) is not { } port || !ports.Contains(port)) return free;
                taken.Add(free);
            }
        }
        finally
        {
            taken.ForEach(socket => socket.Dispose());
        }
    }

    private static Socket Free() => Socket.OSSupportsIPv6
        ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
        : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static int Port(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
