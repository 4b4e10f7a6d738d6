using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Proxies;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Proxies;

/// <summary>Through a proxy of the user's own. Whether it was asked, and for what, is asked of it.</summary>
public sealed class UpstreamProxyTests : IDisposable
{
    private readonly TcpListener _proxy = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Destination> _reached = [];
    private readonly MadeUpNames _names = new();
    private readonly List<IDisposable> _open = [];

    public UpstreamProxyTests() => _proxy.Start();

    private int Port => ((IPEndPoint)_proxy.LocalEndpoint).Port;

    public void Dispose()
    {
        foreach (IDisposable open in _open) open.Dispose();
        _proxy.Dispose();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("ada:s%40nd@", "Proxy-Authorization: Basic YWRhOnNAbmQ=\r\n")]
    public async Task A_name_that_only_the_proxy_knows_is_asked_of_it(string user, string credentials)
    {
        Task<(Socket?, RefusedConnection?)> asked = Ask("shore.example:443", "shore.example", $"http://{user}127.0.0.1:{Port}");
        using Socket came = await _proxy.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"CONNECT shore.example:443 HTTP/1.1\r\nHost: shore.example:443\r\n{credentials}\r\n", came.Until("\r\n\r\n"));
        // Whoever is behind it may speak first: that is no part of the answer.
        came.Send("HTTP/1.1 200 as you like\r\nVia: x\r\n\r\n220 shore"u8);
        (Socket? through, RefusedConnection? refused) = await asked;
        Assert.Null(refused);
        _open.Add(through!);
        byte[] first = new byte[9];
        Assert.Equal(9, through!.Receive(first));
        Assert.Equal("220 shore"u8, first);
        through.Send("hello"u8);
        Assert.Equal(5, came.Receive(first));
        Assert.Equal(["shore.example:443"], _reached.Select(r => $"{r}"));
    }

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n", "403")]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n", "407")]
    [InlineData("HTTP/1.1 2000 \r\n\r\n", "nothing")]
    [InlineData("SSH-2.0-x\r\n\r\n", "nothing")]
    [InlineData("HTTP/1.1 200 OK\r\n", "nothing")]
    public async Task What_it_does_not_open_is_no_connection(string answer, string detail)
    {
        Task<(Socket?, RefusedConnection?)> asked = Ask("shore.example:443", "shore.example", $"http://127.0.0.1:{Port}");
        using (Socket came = await _proxy.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            came.Until("\r\n\r\n");
            came.Send(Encoding.Latin1.GetBytes(answer));
        }
        Assert.Equal((null, new RefusedConnection(RefusalReason.ProxyRefused, Wanted("shore.example:443"), detail)), await asked);
        Assert.Empty(_reached);
    }

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData("absent.example:3128")]
    public async Task One_that_is_not_there_is_told_as_that(string where) =>
        Assert.Equal((null, new RefusedConnection(RefusalReason.ProxyAbsent, Wanted("shore.example:443"), where)),
            await Ask("shore.example:443", "shore.example", $"http://ada:secret@{where}"));

    [Fact]
    public async Task An_answer_without_end_is_none()
    {
        Task<(Socket?, RefusedConnection?)> asked = Ask("shore.example:443", "shore.example", $"http://127.0.0.1:{Port}");
        using Socket came = await _proxy.AcceptSocketAsync(TestContext.Current.CancellationToken);
        came.Until("\r\n\r\n");
        try
        {
            for (int i = 0; i < 20_000; i++) came.Send("HTTP/1.1 200 "u8);
        }
        catch (SocketException)
        {
            // It has heard enough.
        }
        (Socket? through, RefusedConnection? refused) = await asked;
        Assert.Null(through);
        Assert.Equal(RefusalReason.ProxyRefused, refused?.Reason);
    }

    [Theory]
    [InlineData("10.1.2.3", RefusalReason.LeadsToPrivateNetwork)]
    [InlineData("169.254.169.254", RefusalReason.LeadsNowhere)]
    [InlineData("127.0.0.1", RefusalReason.LeadsToThisMachine)]
    public async Task What_can_be_looked_up_here_is_judged_here(string address, RefusalReason why)
    {
        _names["shore.example"] = ["93.184.216.34", address];
        (Socket? through, RefusedConnection? refused) = await Ask("shore.example:443", "shore.example", $"http://127.0.0.1:{Port}");
        Assert.Null(through);
        Assert.Equal(why, refused?.Reason);
        Assert.False(_proxy.Pending());
    }

    [Fact]
    public async Task What_was_not_granted_is_not_asked_of_it()
    {
        (_, RefusedConnection? refused) = await Ask("other.example:443", "shore.example", $"http://127.0.0.1:{Port}");
        Assert.Equal(RefusalReason.NotGranted, refused?.Reason);
        Assert.False(_proxy.Pending());
    }

    [Fact]
    public async Task A_service_of_this_machine_is_reached_as_it_is()
    {
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        string there = $"localhost:{((IPEndPoint)service.LocalEndpoint).Port}";
        (Socket? through, RefusedConnection? refused) = await Ask(there, there, $"http://127.0.0.1:{Port}");
        Assert.Null(refused);
        _open.Add(through!);
        Assert.False(_proxy.Pending());
        Assert.True(service.Pending());
    }

    [Theory]
    [InlineData("https")]
    [InlineData("socks5")]
    public async Task A_proxy_of_another_kind_is_named(string scheme)
    {
        (Socket? through, RefusedConnection? refused) = await Ask("shore.example:443", "shore.example", $"{scheme}://127.0.0.1:{Port}");
        Assert.Null(through);
        Assert.Equal((RefusalReason.ProxyOfAnotherKind, scheme), (refused?.Reason, refused?.Detail));
        Assert.False(_proxy.Pending());
    }

    [Fact]
    public void Whom_the_environment_excepts_is_reached_without() => Assert.Null(
        new UpstreamProxy(new WebProxy($"http://127.0.0.1:{Port}", BypassOnLocal: false, ["shore"]), _names.Resolve)
            .On(Wanted("shore.example:443")));

    private Task<(Socket?, RefusedConnection?)> Ask(string wanted, string granted, string proxy) => Task.Run(() =>
    {
        Assert.True(HostGrant.TryParse(granted, out HostGrant? grant, out _));
        var gate = new HostGate([grant], _names.Resolve, _reached.Add, new UpstreamProxy(new WebProxy(proxy), _names.Resolve));
        Socket? through = gate.TryConnect(Wanted(wanted), out RefusedConnection? refused);
        return (through, refused);
    });

    private static Destination Wanted(string text) =>
        Destination.TryParse(text, null, out Destination? wanted) ? wanted : throw new FormatException(text);
}
