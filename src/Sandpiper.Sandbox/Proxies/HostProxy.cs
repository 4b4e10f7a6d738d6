using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>
/// The proxy of one program: HTTP (CONNECT, and <c>http://</c> in full) and SOCKS 5 at one port, each request with its own connection.
/// </summary>
/// <param name="gate">Decides, and connects.</param>
/// <param name="refused">Is told of each refusal, from any thread, as often as there is one.</param>
/// <param name="places">In one of which each is served.</param>
internal sealed class HostProxy(HostGate gate, Action<RefusedConnection> refused, Places places)
{
    // All of a head, and the first words of TLS: who sends them byte by byte keeps only himself waiting.
    private static readonly TimeSpan PatienceForHead = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PatienceForWords = TimeSpan.FromSeconds(2);
    private const int WebPort = 80, TlsPort = 443;

    /// <summary>Serves one connection of the program's to its end.</summary>
    public void Serve(Socket client)
    {
        var opening = new Opening(client, PatienceForHead);
        if (!opening.TryFill(1)) return;
        if (opening.Bytes[0] == SocksRequest.Version) ServeSocks(client, opening);
        else ServeHttp(client, opening);
    }

    /// <summary>Serves one connection of the program's that came to a host's own place inside, as if it had asked for it.</summary>
    public void ServeDirectly(Socket client, Destination wanted)
    {
        var opening = new Opening(client, PatienceForHead);
        if (wanted.Port == WebPort && !IsOfThisMachine(wanted))
        {
            ServeHttp(client, opening, wanted);
            return;
        }
        using Socket? server = gate.TryConnect(wanted, out RefusedConnection? why);
        if (server is null) refused(why ?? new(RefusalReason.NotReached, wanted));
        if (server is not null) Tunnel(client, opening, server, wanted);
        else client.LingerState = new LingerOption(enable: true, seconds: 0); // refused, as it would be without us
    }

    // Its services are named one by one, and nobody else's are behind the same address.
    private static bool IsOfThisMachine(Destination wanted) => new HostGrant(wanted.Host, IsBelow: false, wanted.Port).IsOfThisMachine;

    private void ServeSocks(Socket client, Opening opening)
    {
        if (!opening.TryFill(2) || !opening.TryFill(SocksRequest.GreetingBytes(opening.Bytes))
            || SocksRequest.GreetingBytes(opening.Bytes) is 0 || !SocksRequest.IsAnswerable(opening.Bytes[..SocksRequest
                .GreetingBytes(opening.Bytes)])) return;
        opening.Drop(SocksRequest.GreetingBytes(opening.Bytes));
        client.Send(SocksRequest.Welcome);
        if (!opening.TryFill(SocksRequest.RequestBytes(opening.Bytes))) return;
        int length = SocksRequest.RequestBytes(opening.Bytes);
        if (length is 0 || !opening.TryFill(length)) return;
        Destination? wanted = SocksRequest.Read(opening.Bytes[..length]);
        opening.Drop(length);
        RefusedConnection? why = wanted is null ? new(RefusalReason.NotUnderstood, null) : WhyNoTunnel(wanted);
        using Socket? server = why is null ? gate.TryConnect(wanted!, out why) : null;
        if (server is null) refused(why ?? new(RefusalReason.NotReached, wanted));
        client.Send(SocksRequest.Answer(server is not null));
        if (server is not null) Tunnel(client, opening, server, wanted!);
    }

    private void ServeHttp(Socket client, Opening opening, Destination? known = null)
    {
        int end;
        while ((end = opening.Bytes.IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (opening.Bytes.Length >= RequestHead.MostBytes || !opening.TryFill(opening.Bytes.Length + 1))
            {
                if (opening.Bytes.Length >= RequestHead.MostBytes) Refuse(client, new(RefusalReason.NotUnderstood, null));
                return;
            }
        }
        RequestHead? head = RequestHead.Parse(opening.Bytes[..(end + 4)], out RefusedConnection? why, known);
        opening.Drop(end + 4);
        if (head is { IsTunnel: true }) why ??= WhyNoTunnel(head.Destination);
        // What is encrypted is asked of the host itself.
        if (head is { IsTunnel: false, Destination.Port: TlsPort }) why ??= new(RefusalReason.NoServerName, head.Destination);
        using Socket? server = why is null ? gate.TryConnect(head!.Destination, out why) : null;
        if (why is not null) Refuse(client, why);
        else if (server is null) Say(client, 502, $"{head!.Destination} cannot be reached from this machine");
        else if (head!.IsTunnel)
        {
            client.Send("HTTP/1.1 200 Connection established\r\n\r\n"u8);
            Tunnel(client, opening, server, head.Destination);
        }
        else Forward(client, opening, server, head);
    }

    // Whoever grants port 80 grants the web of that host: in a tunnel each request could name another of the same machine's.
    private RefusedConnection? WhyNoTunnel(Destination wanted) =>
        gate.WhyNot(wanted) ?? (wanted.Port == WebPort && !IsOfThisMachine(wanted) ? new(RefusalReason.TunnelToWeb, wanted) : null);

    private void Tunnel(Socket client, Opening opening, Socket server, Destination wanted)
    {
        using var relay = new Relay(client, server, places);
        if (IsOfThisMachine(wanted))
        {
            relay.Send(opening.Bytes);
            relay.Run();
            return;
        }
        // Elsewhere than on 443 it may be the server who speaks first.
        Thread? answer = null;
        if (wanted.Port != TlsPort)
        {
            opening.WaitAsLongAs(relay);
            answer = relay.Answer();
        }
        if (!opening.TryFill(1))
        {
            if (answer is not null) relay.Run(answer);
            return;
        }
        if (wanted.Port == TlsPort || opening.Bytes[0] == ClientHello.Handshake)
        {
            if (WhyNoTls(opening, wanted) is { } why)
            {
                refused(why);
                // "unrecognized_name", so that the program's own words name what is wrong (RFC 8446, 6.2).
                client.Send([21, 3, 1, 0, 2, 2, 112]);
                return;
            }
        }
        relay.Send(opening.Bytes);
        relay.Run(answer);
    }

    private static RefusedConnection? WhyNoTls(Opening opening, Destination wanted)
    {
        int length = opening.TryFill(ClientHello.HeaderBytes) ? ClientHello.LengthOf(opening.Bytes) : 0;
        if (length == 0 || !opening.TryFill(length)) return new(RefusalReason.NoServerName, wanted);
        ServerNameKind kind = ClientHello.Read(opening.Bytes[..length], out string name);
        if (kind is ServerNameKind.Named)
        {
            return HostName.TryParse(name, out HostName? named) && named == wanted.Host
                ? null : new(RefusalReason.OtherServerName, wanted, name);
        }
        // An address is no name, so that none is said (RFC 6066, 3).
        return kind is ServerNameKind.None && wanted.Host.Address is not null ? null : new(RefusalReason.NoServerName, wanted);
    }

    private void Forward(Socket client, Opening opening, Socket server, RequestHead head)
    {
        using var relay = new Relay(client, server, places);
        relay.Send(head.Forwarded);
        Thread answer = relay.Answer(new HttpAnswer(isOfHead: head.IsHead));
        long left = head.Length;
        var chunks = new ChunkedBody();
        byte[] piece = new byte[64 << 10];
        ReadOnlySpan<byte> next = opening.Bytes;
        while (head.Framing is BodyFraming.Chunked ? !chunks.IsDone : left > 0)
        {
            if (next.IsEmpty)
            {
                int got = relay.Receive(piece);
                if (got == 0) return;
                next = piece.AsSpan(0, got);
            }
            int belongs = head.Framing is BodyFraming.Chunked ? chunks.Pass(next) : (int)Math.Min(left, next.Length);
            if (belongs < 0)
            {
                refused(new(RefusalReason.NotUnderstood, head.Destination));
                return; // what was sent is half a request, which the server drops
            }
            relay.Send(next[..belongs]);
            left -= belongs;
            next = next[belongs..];
        }
        // What follows the first request is not heard: it would go to this server, whomever it names.
        relay.HearOut(answer);
    }

    private void Refuse(Socket client, RefusedConnection why)
    {
        refused(why);
        Say(client, why.Reason is RefusalReason.ProxyAbsent ? 502 : 403, why switch
        {
            { Reason: RefusalReason.ProxyAbsent } => $"{why.Wanted} cannot be reached: the proxy of this machine does not answer",
            { Reason: RefusalReason.NotGranted } => $"not granted by sandpiper: --net {GrantFor(why.Wanted!)}",
            { Wanted: { } wanted } => $"refused by sandpiper: {wanted}",
            _ => "refused by sandpiper: this request can be read in two ways",
        });
    }

    // The words stand in the first line, which is what programs show.
    private static void Say(Socket client, int status, string words)
    {
        client.Send(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} {words}\r\nContent-Type: text/plain\r\nContent-Length: {words.Length + 1}\r\n"
            + $"Connection: close\r\n\r\n{words}\n"));
        client.Shutdown(SocketShutdown.Send);
        // To close over what was not read would take these words from him, too.
        client.ReceiveTimeout = (int)PatienceForWords.TotalMilliseconds;
        Span<byte> unheard = stackalloc byte[4 << 10];
        for (int piece = 0; piece < 64 && client.Receive(unheard) > 0; piece++) { }
    }

    /// <summary>What would grant that.</summary>
    internal static string GrantFor(Destination wanted) =>
        HostGrant.WebPorts.Contains(wanted.Port) ? $"{wanted.Host}" : $"{wanted}";

    /// <summary>The first bytes of a connection, as far as they are needed to decide.</summary>
    private sealed class Opening(Socket client, TimeSpan patience)
    {
        private readonly byte[] _buffer = new byte[ClientHello.MostBytes + 1];
        private readonly long _since = Stopwatch.GetTimestamp();
        private Relay? _relay;
        private int _start, _end;

        public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start, _end - _start);

        public void Drop(int count)
        {
            _start += count;
            if (_start > 0) Bytes.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        /// <summary>From now on until it is silent both ways for too long.</summary>
        public void WaitAsLongAs(Relay relay) => _relay = relay;

        /// <returns>False when there are not that many in time, or at all.</returns>
        public bool TryFill(int count)
        {
            while (Bytes.Length < count)
            {
                if (count > _buffer.Length) return false;
                int got;
                if (_relay is not null) got = _relay.Receive(_buffer.AsSpan(_end));
                else
                {
                    TimeSpan left = patience - Stopwatch.GetElapsedTime(_since);
                    if (left <= TimeSpan.Zero || !client.Poll(left, SelectMode.SelectRead)) return false;
                    got = client.Receive(_buffer.AsSpan(_end));
                }
                if (got == 0) return false;
                _end += got;
            }
            return true;
        }
    }
}
