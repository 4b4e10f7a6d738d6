using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Proxies;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Proxies;

public sealed class RequestHeadTests
{
    private static RequestHead? Parse(string head, out RefusedConnection? why) =>
        RequestHead.Parse(Encoding.Latin1.GetBytes(head + "\r\n\r\n"), out why);

    [Theory]
    [InlineData("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443")]
    [InlineData("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\nProxy-Connection: Keep-Alive\r\nUser-Agent: x")]
    [InlineData("CONNECT example.org:443 HTTP/1.0")] // http.client of Python
    [InlineData("CONNECT EXAMPLE.org.:443 HTTP/1.0\r\nHost: example.org:443\r\nContent-Length: 0")]
    public void A_tunnel_goes_where_it_says(string head)
    {
        RequestHead? parsed = Parse(head, out _);
        Assert.True(parsed is { IsTunnel: true } && $"{parsed.Destination}" is "example.org:443" && parsed.Forwarded.Length == 0, head);
    }

    [Theory]
    [InlineData("GET http://example.org/a?b HTTP/1.1\r\nHost: example.org\r\nAccept: */*",
        "GET /a?b HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://example.org HTTP/1.0", "GET / HTTP/1.0\r\nHost: example.org\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://example.org?b HTTP/1.0", "GET /?b HTTP/1.0\r\nHost: example.org\r\nConnection: close\r\n\r\n")]
    [InlineData("POST HTTP://Example.ORG:8080/ HTTP/1.1\r\nhost:\texample.org:8080 \r\nContent-Length: 5\r\nConnection: "
        + "keep-alive, X-Mine\r\nX-Mine: 1\r\nProxy-Authorization: secret\r\nKeep-Alive: 5",
        "POST / HTTP/1.1\r\nHost: example.org:8080\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")]
    public void A_request_is_sent_on_in_our_own_words(string head, string sent) =>
        Assert.Equal(sent, Encoding.Latin1.GetString(Parse(head, out _)!.Forwarded));

    [Fact]
    public void Another_host_in_the_request_than_it_goes_to_is_refused_as_that()
    {
        foreach (string target in (string[])["GET http://example.org/", "CONNECT example.org:443"])
        {
            Assert.Null(Parse($"{target} HTTP/1.1\r\nHost: other.example", out RefusedConnection? why));
            Assert.Equal((RefusalReason.OtherHost, "other.example"), (why!.Reason, why.Detail));
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: example.org")]
    [InlineData("GET https://example.org/ HTTP/1.1\r\nHost: example.org")]
    [InlineData("GET http://user@example.org/ HTTP/1.1\r\nHost: example.org")]
    [InlineData("GET http://example.org\\@other.example/ HTTP/1.1\r\nHost: example.org")]
    [InlineData("GET http://example.org/#a HTTP/1.1\r\nHost: example.org")]
    [InlineData("GET http://example.org/ HTTP/1.1")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nHost:")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nHost: example.org")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nHost : example.org")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n X: folded")]
    [InlineData("GET http://example.org/ HTTP/1.1\nHost: example.org")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nX: a\nHost: other.example")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nX: a\rHost: other.example")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nX: a\0b")]
    [InlineData("GET  http://example.org/ HTTP/1.1\r\nHost: example.org")]
    [InlineData("GET http://example.org/ HTTP/2\r\nHost: example.org")]
    [InlineData("GET http://example.org/a b HTTP/1.1\r\nHost: example.org")]
    [InlineData("G(T http://example.org/ HTTP/1.1\r\nHost: example.org")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\nContent-Length: 5")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nContent-Length: +5")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5, 5")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nContent-Length: 0x5")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nContent-Length: 9999999999999999999")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nTransfer-Encoding: gzip, chunked")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nTransfer-Encoding: xchunked")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked")]
    [InlineData("POST http://example.org/ HTTP/1.0\r\nHost: example.org\r\nTransfer-Encoding: chunked")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nConnection: close, Host")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\nConnection: Content-Length")]
    [InlineData("CONNECT example.org HTTP/1.1")]
    [InlineData("CONNECT example.org:443/ HTTP/1.1")]
    [InlineData("CONNECT http://example.org:443 HTTP/1.1")]
    [InlineData("CONNECT example.org:443 HTTP/1.1\r\nContent-Length: 5")]
    [InlineData("CONNECT example.org:443 HTTP/1.1\r\nTransfer-Encoding: chunked")]
    [InlineData("CONNECT example.org\0.evil.example:443 HTTP/1.1")]
    [InlineData("")]
    public void What_could_be_read_in_two_ways_is_refused(string head)
    {
        Assert.Null(Parse(head, out RefusedConnection? why));
        Assert.NotNull(why);
    }

    [Fact]
    public void Neither_more_fields_nor_a_longer_head_than_anybody_has()
    {
        string fields(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"\r\nX-{i}: 1"));
        Assert.NotNull(Parse("CONNECT example.org:443 HTTP/1.1" + fields(100), out _));
        Assert.Null(Parse("CONNECT example.org:443 HTTP/1.1" + fields(101), out _));
        Assert.Null(Parse("CONNECT example.org:443 HTTP/1.1\r\nX: " + new string('a', RequestHead.MostBytes), out _));
    }

    private static readonly Destination Known =
        Destination.TryParse("example.org:80", null, out Destination? known) ? known : throw new FormatException();

    [Fact]
    public void A_request_to_a_server_names_the_one_that_it_came_to()
    {
        RequestHead? Direct(string head, out RefusedConnection? why) =>
            RequestHead.Parse(Encoding.Latin1.GetBytes(head + "\r\n\r\n"), out why, Known);
        Assert.Equal("GET /a HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
            Encoding.Latin1.GetString(Direct("GET /a HTTP/1.1\r\nHost: example.org", out _)!.Forwarded));
        Assert.Null(Direct("GET /a HTTP/1.1\r\nHost: other.example", out RefusedConnection? why));
        Assert.Equal(RefusalReason.OtherHost, why!.Reason);
        foreach (string head in (string[])["GET /a HTTP/1.1", "GET http://other.example/ HTTP/1.1\r\nHost: example.org",
            "CONNECT other.example:443 HTTP/1.1\r\nHost: example.org", "GET  HTTP/1.1\r\nHost: example.org"])
        {
            Assert.Null(Direct(head, out _));
        }
    }

    private static readonly Gen<string> AnyHead = Gen.OneOf(
        "GET ", "CONNECT ", "http://", "example.org", "other.example", ":443", ":80", "/", " HTTP/1.1", " HTTP/1.0", "\r\n", "\n", "\r",
        "Host: ",
        "Content-Length: ", "Transfer-Encoding: ", "chunked", "5", ",", " ", "\t", "\0", "@", "Connection: ", "close", "X: ", "é")
        .Array[0, 16].Select(pieces => string.Concat(pieces));

    // Whatever comes, the server sees one head with one Host, and it is the one that was decided about.
    [Fact]
    public void Any_bytes_are_refused_or_become_one_head_for_the_host_that_was_asked_for()
    {
        Gen.Select(Gen.Bool, AnyHead, Gen.Byte.Array[0, 64]).Sample((likely, head, noise) =>
        {
            byte[] bytes = Encoding.Latin1.GetBytes(likely
                ? $"GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n{head}\r\n\r\n" : head + "\r\n\r\n");
            RequestHead? parsed = RequestHead.Parse(bytes, out RefusedConnection? why);
            _ = RequestHead.Parse(noise, out _);
            if (RequestHead.Parse(Encoding.Latin1.GetBytes(head + "\r\n\r\n"), out _, Known) is { } direct
                && direct.Destination != Known) return false;
            if (parsed is null) return why is not null;
            string sent = Encoding.Latin1.GetString(parsed.Forwarded);
            string[] lines = sent.Split("\r\n");
            return why is null && (parsed.IsTunnel
                ? sent.Length == 0
                : sent.IndexOf("\r\n\r\n", StringComparison.Ordinal) == sent.Length - 4
                    && lines.Count(l => l.StartsWith("host:", StringComparison.OrdinalIgnoreCase)) == 1
                    && lines.Count(l => l.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase)
                        || l.StartsWith("transfer-encoding:", StringComparison.OrdinalIgnoreCase)) <= 1
                    && !lines.Any(l => l.Contains('\n') || l.Contains('\r') || l.Contains('\0')));
        }, iter: Fuzz.Inputs);
    }

    [Fact]
    public void A_chunked_body_ends_where_it_says_however_it_is_cut()
    {
        byte[] body = Encoding.ASCII.GetBytes(
            "5\r\nhello\r\n1A\r\n" + new string('x', 26) + "\r\n0\r\n\r\nGET http://other.example/ HTTP/1.1\r\n");
        int end = Encoding.ASCII.GetString(body).IndexOf("GET", StringComparison.Ordinal);
        Gen.Int[1, body.Length].Sample(step =>
        {
            var chunks = new ChunkedBody();
            int passed = 0;
            for (int at = 0; at < body.Length && !chunks.IsDone; at += step)
                passed += chunks.Pass(body.AsSpan(at, Math.Min(step, body.Length - at)));
            return chunks.IsDone && passed == end;
        });
    }

    [Theory]
    [InlineData("5;a=b\r\nhello\r\n")]
    [InlineData("5\nhello\r\n")]
    [InlineData(" 5\r\nhello\r\n")]
    [InlineData("\r\n")]
    [InlineData("-5\r\n")]
    [InlineData("0x5\r\n")]
    [InlineData("1234567890123456\r\n")]
    [InlineData("5\r\nhelloX\n")]
    [InlineData("0\r\nX: trailer\r\n\r\n")]
    public void A_chunk_that_two_readers_could_read_differently_is_none(string body) =>
        Assert.Equal(-1, new ChunkedBody().Pass(Encoding.ASCII.GetBytes(body)));

    [Fact]
    public void Any_chunks_end_or_break() => Gen.OneOf(Gen.Byte.Array[0, 64],
        Gen.OneOf("0", "1", "f", "\r\n", "\r", "\n", "x", ";").Array[0, 20]
        .Select(pieces => Encoding.ASCII.GetBytes(string.Concat(pieces)))).Sample(bytes =>
        {
            var chunks = new ChunkedBody();
            int passed = chunks.Pass(bytes);
            return passed <= bytes.Length && (passed >= 0 || !chunks.IsDone) && (chunks.IsDone || passed == bytes.Length || passed < 0);
        }, iter: Fuzz.Inputs);
}
