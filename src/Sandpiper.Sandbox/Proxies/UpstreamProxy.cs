using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandpiper.Kernel.Sockets;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>
/// The proxy by which this machine reaches the internet, where it has one: asked for a tunnel (RFC 9110, 9.3.6). It is the user's own, and
/// looks up the names that it is asked for.
/// </summary>
/// <param name="named">What this machine reaches how.</param>
/// <param name="resolve">The addresses of a name; throws <see cref="SocketException"/> where there are none.</param>
internal sealed class UpstreamProxy(IWebProxy named, Func<string, IPAddress[]> resolve)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int MostAnswerBytes = 16 << 10, MostAddresses = 8;
    private const int WebPort = 80;

    /// <summary>The one on the way there; null: there is none.</summary>
    public Uri? On(Destination wanted)
    {
        var there = new Uri($"{(wanted.Port is WebPort ? "http" : "https")}://{wanted}/");
        return named.IsBypassed(there) ? null : named.GetProxy(there);
    }

    /// <summary>A connection through it.</summary>
    /// <param name="proxy">From <see cref="On"/>.</param>
    /// <param name="refused">What it said instead, or that it is not there; null: there is a connection.</param>
    /// <returns>Null when there is none.</returns>
    public Socket? TryConnect(Uri proxy, Destination wanted, out RefusedConnection? refused)
    {
        refused = null;
        // TLS to the proxy, or SOCKS: a tunnel is all that is asked for here.
        if (!string.Equals(proxy.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal))
        {
            refused = new(RefusalReason.ProxyOfAnotherKind, wanted, proxy.Scheme);
            return null;
        }
        Socket? socket = null;
        try
        {
            refused = new(RefusalReason.ProxyAbsent, wanted, proxy.Authority);
            socket = Connected(proxy);
            if (socket is null) return null;
            socket.Send(Encoding.Latin1.GetBytes(Request(proxy, wanted)));
            int? status = StatusIn(Answer(socket));
            if (status is >= 200 and < 300)
            {
                socket.ReceiveTimeout = 0;
                (Socket opened, socket) = (socket, null);
                refused = null;
                return opened;
            }
            refused = new(RefusalReason.ProxyRefused, wanted, status?.ToString(CultureInfo.InvariantCulture) ?? "nothing");
        }
        catch (SocketException)
        {
            // It went, was too slow, or nobody knows it.
        }
        finally
        {
            socket?.Dispose();
        }
        return null;
    }

    private Socket? Connected(Uri proxy)
    {
        IPAddress[] addresses = IPAddress.TryParse(proxy.Host.Trim('[', ']'), out IPAddress? address) ? [address] : resolve(proxy.IdnHost);
        return addresses.Take(MostAddresses).Select(a => OpenSocket.TryConnect(new IPEndPoint(a, proxy.Port), Patience))
            .FirstOrDefault(connected => connected is not null);
    }

    private static string Request(Uri proxy, Destination wanted)
    {
        // RFC 7617; as typed in the variable, where some characters have to be escaped.
        string credentials = proxy.UserInfo.Length == 0 ? ""
            : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo)))}\r\n";
        return $"CONNECT {wanted} HTTP/1.1\r\nHost: {wanted}\r\n{credentials}\r\n";
    }

    // Up to its empty line and no further: what follows is the host's.
    private static string Answer(Socket socket)
    {
        long begun = Stopwatch.GetTimestamp();
        var answer = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (answer.Length < MostAnswerBytes && !EndsHead(answer))
        {
            TimeSpan left = Patience - Stopwatch.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero) return "";
            socket.ReceiveTimeout = Math.Max(1, (int)left.TotalMilliseconds);
            if (socket.Receive(one) == 0) return "";
            answer.Append((char)one[0]);
        }
        return EndsHead(answer) ? answer.ToString() : "";
    }

    private static bool EndsHead(StringBuilder answer) => answer.Length >= 4
        && answer[^1] == '\n' && answer[^2] == '\r' && answer[^3] == '\n' && answer[^4] == '\r';

    private static int? StatusIn(string answer) =>
        answer is ['H', 'T', 'T', 'P', '/', '1', '.', _, ' ', var a, var b, var c, ' ' or '\r', ..]
            && char.IsAsciiDigit(a) && char.IsAsciiDigit(b) && char.IsAsciiDigit(c)
            ? ((a - '0') * 100) + ((b - '0') * 10) + (c - '0') : null;
}
