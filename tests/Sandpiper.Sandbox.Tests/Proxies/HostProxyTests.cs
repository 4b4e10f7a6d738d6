using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Proxies;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Proxies;

/// <summary>The proxy with real sockets, and a resolver of the test's own. Whether somebody was spoken to is asked of him.</summary>
public sealed class HostProxyTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<RefusedConnection> _refused = [];
    private readonly MadeUpNames _names = new() { ["granted.example"] = ["127.0.0.1"] };
    private readonly List<IDisposable> _open = [];
    private Places _places = new(9);

    public HostProxyTests()
    {
        _server.Start();
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public void Dispose()
    {
        foreach (IDisposable open in _open) open.Dispose();
        _listener.Dispose();
        _server.Dispose();
    }

    private HostGate Gate(params string[] grants) => new(
        [.. grants.Select(text => HostGrant.TryParse(text.Replace("PORT", $"{Port}"), out HostGrant? grant, out _)
            ? grant : throw new FormatException(text))],
        _names.Resolve);

    // The server is on loopback, so that it has to be named, too, where the name shall lead there.
    private Socket Client(params string[] grants)
    {
        HostGate gate = Gate(grants.Length > 0 ? grants : ["granted.example:PORT", "127.0.0.1:PORT"]);
        _open.Add(new Doorway(_listener, new HostProxy(gate, _refused.Add, _places).Serve, _places));
        return Another();
    }

    private Socket Another()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)Patience.Endless.TotalMilliseconds,
        };
        client.Connect(_listener.LocalEndPoint!);
        _open.Add(client);
        return client;
    }

    private void Say(Socket client, string text) => client.Send(Encoding.Latin1.GetBytes(text.Replace("PORT", $"{Port}")));

    private static string Rest(Socket from)
    {
        var text = new StringBuilder();
        byte[] piece = new byte[4096];
        try
        {
            while (from.Receive(piece) is > 0 and var got) text.Append(Encoding.Latin1.GetString(piece, 0, got));
        }
        catch (SocketException)
        {
            text.Append("(broken)");
        }
        return text.ToString();
    }

    private Socket Accepted()
    {
        Socket came = _server.AcceptSocket();
        came.ReceiveTimeout = (int)Patience.Endless.TotalMilliseconds;
        _open.Add(came);
        return came;
    }

    private void NobodyCame() => Assert.False(_server.Pending());

    [Fact]
    public void A_tunnel_carries_both_ways_until_each_has_ended()
    {
        Socket client = Client();
        Say(client, "CONNECT granted.example:PORT HTTP/1.1\r\n\r\nearly");
        using Socket server = Accepted();
        Assert.StartsWith("HTTP/1.1 200 ", client.Until("\r\n\r\n"));
        server.Send("I speak first"u8);
        Assert.Equal("I speak first", client.Until("first"));
        Say(client, " words");
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("early words", Rest(server));
        server.Send("last"u8);
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal("last", Rest(client));
        Assert.Equal(["granted.example"], _names.Asked); // asked once
        Assert.Empty(_refused);
    }

    [Fact]
    public void What_breaks_does_not_look_as_if_it_had_ended()
    {
        Socket client = Client();
        Say(client, "GET http://granted.example:PORT/ HTTP/1.0\r\n\r\n");
        using Socket server = Accepted();
        server.Until("\r\n\r\n");
        server.Send("half"u8);
        Assert.Equal("half", client.Until("half"));
        server.LingerState = new LingerOption(enable: true, seconds: 0);
        server.Close();
        Assert.Equal("(broken)", Rest(client));
    }

    [Theory]
    [InlineData("CONNECT other.example:PORT HTTP/1.1\r\n\r\n", RefusalReason.NotGranted)]
    [InlineData("CONNECT granted.example:443 HTTP/1.1\r\n\r\n", RefusalReason.NotGranted)]
    [InlineData("GET http://other.example:PORT/ HTTP/1.1\r\nHost: other.example:PORT\r\n\r\n", RefusalReason.NotGranted)]
    [InlineData("GET http://granted.example:PORT/ HTTP/1.1\r\nHost: other.example\r\n\r\n", RefusalReason.OtherHost)]
    [InlineData("CONNECT 127.1:PORT HTTP/1.1\r\n\r\n", RefusalReason.NotUnderstood)]
    [InlineData("CONNECT localhost:PORT HTTP/1.1\r\n\r\n", RefusalReason.NotGranted)]
    [InlineData("nonsense\r\n\r\n", RefusalReason.NotUnderstood)]
    public void What_was_not_granted_is_refused_and_nobody_is_asked_or_spoken_to(string request, RefusalReason reason)
    {
        Socket client = Client();
        Say(client, request);
        string answer = Rest(client);
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Equal(reason, Assert.Single(_refused).Reason);
        Assert.Empty(_names.Asked);
        NobodyCame();
        if (reason is RefusalReason.NotGranted) Assert.Contains("--net ", answer.Split('\r')[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RefusalReason.LeadsToThisMachine, "127.0.0.1")]
    [InlineData(RefusalReason.LeadsToPrivateNetwork, "10.1.2.3")]
    [InlineData(RefusalReason.LeadsToPrivateNetwork, "93.184.216.34", "192.168.1.1")]
    [InlineData(RefusalReason.LeadsNowhere, "169.254.169.254")]
    [InlineData(RefusalReason.LeadsNowhere, "::ffff:127.0.0.1")]
    [InlineData(RefusalReason.LeadsNowhere, "64:ff9b::7f00:1")]
    [InlineData(RefusalReason.LeadsNowhere, "fe80::1")]
    public void A_name_that_leads_out_of_the_internet_is_refused_whatever_else_it_leads_to(RefusalReason reason, params string[] addresses)
    {
        _names["granted.example"] = addresses;
        Socket client = Client("granted.example:PORT");
        Say(client, "CONNECT granted.example:PORT HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", Rest(client), StringComparison.Ordinal);
        RefusedConnection refused = Assert.Single(_refused);
        Assert.Equal((reason, addresses[^1]), (refused.Reason, refused.Detail));
        NobodyCame();
    }

    [Fact]
    public void A_name_that_nobody_knows_or_nobody_answers_is_told_as_that()
    {
        Socket client = Client("absent.example", "127.0.0.1:1");
        Say(client, "CONNECT absent.example:443 HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", Rest(client), StringComparison.Ordinal);
        Socket another = Another();
        Say(another, "CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", Rest(another), StringComparison.Ordinal);
        Assert.Empty(_refused);
    }

    private static byte[] Hello(string name)
    {
        byte[] host = Encoding.ASCII.GetBytes(name);
        byte[] extension = [0, 0, 0, (byte)(host.Length + 5), 0, (byte)(host.Length + 3), 0, 0, (byte)host.Length, .. host];
        byte[] body = [3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, 0, (byte)extension.Length, .. extension];
        byte[] message = [1, 0, 0, (byte)body.Length, .. body];
        return [22, 3, 1, 0, (byte)message.Length, .. message];
    }

    [Theory]
    [InlineData("granted.example", true)]
    [InlineData("GRANTED.example", true)]
    [InlineData("other.example", false)]
    [InlineData("granted.example.other.example", false)]
    public void TLS_in_a_tunnel_names_the_server_that_was_asked_for_before_a_byte_of_it_is_sent(string name, bool mayPass)
    {
        Socket client = Client();
        Say(client, "CONNECT granted.example:PORT HTTP/1.1\r\n\r\n");
        using Socket server = Accepted();
        client.Until("\r\n\r\n");
        byte[] hello = Hello(name);
        foreach (byte b in hello) client.Send([b]);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(mayPass ? Encoding.Latin1.GetString(hello) : "", Rest(server).Replace("(broken)", "", StringComparison.Ordinal));
        if (!mayPass) Assert.Equal((RefusalReason.OtherServerName, name), (Assert.Single(_refused).Reason, _refused.Single().Detail));
    }

    [Fact]
    public void A_tunnel_to_the_port_of_the_web_is_refused_where_each_request_could_name_another()
    {
        Socket client = Client("granted.example");
        Say(client, "CONNECT granted.example:80 HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", Rest(client), StringComparison.Ordinal);
        Assert.Equal(RefusalReason.TunnelToWeb, Assert.Single(_refused).Reason);
    }

    [Fact]
    public void One_request_is_sent_on_and_what_follows_it_is_not_heard()
    {
        Socket client = Client();
        const string Smuggled = "GET http://other.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n";
        Say(client, "POST http://granted.example:PORT/a HTTP/1.1\r\n"
            + "Host: granted.example:PORT\r\nContent-Length: 5\r\n\r\nhello" + Smuggled);
        using Socket server = Accepted();
        string head = server.Until("\r\n\r\n");
        Assert.Equal($"POST /a HTTP/1.1\r\nHost: granted.example:{Port}\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", head);
        Assert.Equal("hello", server.Until("hello"));
        Say(client, Smuggled);
        server.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8);
        Assert.EndsWith("\r\n\r\nok", client.Until("ok"), StringComparison.Ordinal);
        server.Shutdown(SocketShutdown.Send);
        Rest(client);
        Assert.Equal("", Rest(server).Replace("(broken)", "", StringComparison.Ordinal)); // closed: it was all that came
    }

    // A server that ignores "close" (many do) would have the next request sent where nobody hears it.
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=9\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 None\nproxy-connection: x\nA: b\n\n", "HTTP/1.1 204 None\nA: b\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.0 304 Same\r\nContent-Length: 9\r\n\r\n", "HTTP/1.0 304 Same\r\nContent-Length: 9\r\nConnection: close\r\n\r\n")]
    public void The_answer_ends_the_connection_whatever_the_server_does_with_it(string answer, string told)
    {
        Socket client = Client();
        Say(client, "GET http://granted.example:PORT/ HTTP/1.1\r\nHost: granted.example:PORT\r\n\r\n");
        using Socket server = Accepted();
        server.Until("\r\n\r\n");
        foreach (byte b in Encoding.Latin1.GetBytes(answer)) server.Send([b]);
        Assert.Equal(told, Rest(client));
        // And it is told so, although its program keeps its own end open.
        Assert.Equal("", Rest(server).Replace("(broken)", "", StringComparison.Ordinal));
        Assert.Empty(_refused);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\nTrailer: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\nTrailer: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n Content-Length: 1\r\nContent-Length: 1\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nok")]
    [InlineData("ICY 200 OK\r\n\r\nok")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nhalf a he")]
    [InlineData("<html>")]
    public void Of_an_answer_that_readers_end_differently_nothing_is_lost(string answer)
    {
        Socket client = Client();
        Say(client, "GET http://granted.example:PORT/ HTTP/1.1\r\nHost: granted.example:PORT\r\n\r\n");
        using Socket server = Accepted();
        server.Until("\r\n\r\n");
        server.Send(Encoding.Latin1.GetBytes(answer));
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal(answer, Rest(client).Replace("Connection: close\r\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public void An_answer_to_HEAD_has_no_body_whatever_its_length()
    {
        Socket client = Client();
        Say(client, "HEAD http://granted.example:PORT/ HTTP/1.1\r\nHost: granted.example:PORT\r\n\r\n");
        using Socket server = Accepted();
        server.Until("\r\n\r\n");
        server.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8);
        Assert.EndsWith("Connection: close\r\n\r\n", Rest(client), StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_anywhere_an_answer_is_the_same()
    {
        byte[] whole = Encoding.Latin1.GetBytes(
            "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nKeep-Alive: x\r\n y\r\nA: b\r\n\r\n" + new string('x', 99));
        Gen.Int[1, 40].Array[1, 200].Sample(cuts =>
        {
            var answer = new HttpAnswer(isOfHead: false);
            var told = new MemoryStream();
            ReadOnlySpan<byte> rest = whole;
            for (int cut = 0; !rest.IsEmpty; cut++)
            {
                ReadOnlySpan<byte> piece = rest[..Math.Min(rest.Length, cuts[cut % cuts.Length])];
                rest = rest[piece.Length..];
                while (!piece.IsEmpty)
                {
                    int taken = answer.Take(piece, out byte[]? instead);
                    told.Write(instead ?? piece[..taken].ToArray());
                    piece = piece[taken..];
                }
            }
            told.Write(answer.Held);
            Assert.Equal("HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"
                + new string('x', 99), Encoding.Latin1.GetString(told.ToArray()));
        });
    }

    [Fact]
    public void Who_goes_while_he_waits_for_an_answer_is_not_waited_for()
    {
        Socket client = Client();
        Say(client, "GET http://granted.example:PORT/ HTTP/1.1\r\nHost: granted.example:PORT\r\n\r\n");
        using Socket server = Accepted();
        server.Until("\r\n\r\n");
        client.Close();
        Assert.Equal("", Rest(server).Replace("(broken)", "", StringComparison.Ordinal));
    }

    // As with the connections that a program keeps for its next request.
    [Fact]
    public void A_connection_that_its_server_has_ended_gives_way_to_who_comes_and_to_nobody_else()
    {
        _places = new Places(2);
        Socket kept = Client(), over = Another();
        Say(kept, "CONNECT granted.example:PORT HTTP/1.1\r\n\r\n");
        using Socket server = Accepted();
        kept.Until("\r\n\r\n");
        Say(over, "CONNECT granted.example:PORT HTTP/1.1\r\n\r\n");
        over.Until("\r\n\r\n");
        Socket ended = Accepted();
        ended.Send("bye"u8);
        ended.Shutdown(SocketShutdown.Send);
        Assert.Equal("bye", Rest(over));
        Say(over, "not yet");
        Assert.Equal("not yet", ended.Until("yet"));
        Socket next = Another();
        Say(next, "CONNECT granted.example:PORT HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", next.Until("\r\n\r\n"));
        Say(kept, "still here");
        Assert.Equal("still here", server.Until("here"));
    }

    [Fact]
    public void A_chunked_body_is_sent_on_to_its_end_and_what_is_none_is_not()
    {
        Socket client = Client();
        Say(client, "POST http://granted.example:PORT/ HTTP/1.1\r\nHost: granted.example:PORT\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
        using Socket server = Accepted();
        server.Until("\r\n\r\n");
        Assert.Equal("5\r\nhello\r\n0\r\n\r\n", server.Until("0\r\n\r\n"));
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal("", Rest(server).Replace("(broken)", "", StringComparison.Ordinal));

        Socket broken = Another();
        Say(broken, "POST http://granted.example:PORT/ HTTP/1.1\r\n"
            + "Host: granted.example:PORT\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello");
        using Socket again = Accepted();
        again.Until("\r\n\r\n");
        Assert.Equal("", Rest(again).Replace("(broken)", "", StringComparison.Ordinal));
        // It is cut off, and its user reads why.
        Assert.Equal(RefusalReason.NotUnderstood, Assert.Single(_refused).Reason);
    }

    [Fact]
    public void A_head_without_an_end_is_refused_when_it_is_longer_than_any()
    {
        Socket client = Client();
        Say(client, "GET http://granted.example:PORT/ HTTP/1.1\r\nX: " + new string('x', RequestHead.MostBytes + 100));
        Assert.StartsWith("HTTP/1.1 403 ", Rest(client), StringComparison.Ordinal);
        NobodyCame();
    }

    [Theory]
    [InlineData("granted.example", true)]
    [InlineData("other.example", false)]
    public void SOCKS_is_decided_about_like_everything_else(string name, bool isGranted)
    {
        Socket client = Client();
        client.Send([5, 2, 2, 0]);
        byte[] answer = new byte[2];
        client.Receive(answer);
        Assert.Equal([5, 0], answer);
        client.Send([5, 1, 0, 3, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)(Port >> 8), (byte)(Port & 255)]);
        byte[] reply = new byte[10];
        Assert.Equal(10, client.Receive(reply));
        Assert.Equal(isGranted ? 0 : 2, reply[1]);
        if (!isGranted)
        {
            NobodyCame();
            return;
        }
        Say(client, "hi");
        using Socket server = Accepted();
        Assert.Equal("hi", server.Until("hi"));
    }

    [Fact]
    public void So_many_are_served_at_once_and_who_comes_later_waits()
    {
        int now = 0, most = 0, served = 0;
        using var doorway = new Doorway(_listener, _ =>
        {
            int here = Interlocked.Increment(ref now);
            while (Volatile.Read(ref most) is var before && here > before) Interlocked.CompareExchange(ref most, here, before);
            Thread.SpinWait(200_000);
            Interlocked.Decrement(ref now);
            Interlocked.Increment(ref served);
        }, new Places(2));
        for (int i = 0; i < 100; i++) Another();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref served) == 100, Patience.Endless));
        Assert.Equal(2, most);
    }

    [Fact]
    public void Any_bytes_end_in_an_answer_or_a_silence_and_the_next_is_served()
    {
        Socket client = Client();
        Gen.Byte.Array[1, 300].Sample(bytes =>
        {
            using Socket one = Another();
            one.Send(bytes);
            one.Shutdown(SocketShutdown.Send);
            Rest(one);
        }, iter: 200, threads: 1);
        Say(client, "CONNECT granted.example:PORT HTTP/1.1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", client.Until("\r\n\r\n"));
        NobodyCameButOne();
    }

    private void NobodyCameButOne()
    {
        Accepted().Dispose();
        NobodyCame();
    }
}
