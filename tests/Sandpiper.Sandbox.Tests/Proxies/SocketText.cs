using System.Net.Sockets;
using System.Text;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Proxies;

/// <summary>What comes on a socket, as text.</summary>
internal static class SocketText
{
    /// <summary>As far as that end, or as there is any.</summary>
    public static string Until(this Socket from, string end)
    {
        from.ReceiveTimeout = (int)Patience.Endless.TotalMilliseconds;
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal) && from.Receive(one) == 1) text.Append((char)one[0]);
        return text.ToString();
    }
}
