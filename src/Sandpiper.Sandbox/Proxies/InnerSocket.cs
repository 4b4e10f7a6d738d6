using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>A socket that has to be made in the program's network: by the second stage, which is told so in one word.</summary>
/// <param name="Text">The address and port where it listens, or one of two words.</param>
internal readonly record struct InnerSocket(string Text)
{
    private const char Between = ',';
    private const string NoneAtAll = "-";
    private const int Waiting = 128;

    /// <summary>Listens on a port that the kernel chooses, and is bound to none: what it lets in can be freed from it.</summary>
    public static InnerSocket Anywhere { get; } = new("any");

    /// <summary>Does nothing.</summary>
    public static InnerSocket Spare { get; } = new("spare");

    public static InnerSocket Listening(IPEndPoint at) => new($"{at}");

    public static string ToText(ImmutableArray<InnerSocket> all) => all.IsEmpty ? NoneAtAll : string.Join(Between, all.Select(s => s.Text));

    public static ImmutableArray<InnerSocket> FromText(string text) =>
        text is NoneAtAll ? [] : [.. text.Split(Between).Select(one => new InnerSocket(one))];

    /// <exception cref="SocketException">The kernel makes none.</exception>
    /// <exception cref="FormatException">It is no such word.</exception>
    public Socket Make()
    {
        bool isAny = this == Anywhere;
        if (isAny || this == Spare)
        {
            Socket free = Socket.OSSupportsIPv6
                ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
                : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            if (isAny) Sandpiper.Kernel.Sockets.OpenSocket.Listen(free, Waiting);
            return free;
        }
        IPEndPoint at = IPEndPoint.Parse(Text);
        var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(at);
        listener.Listen(Waiting);
        return listener;
    }
}
