using System.Net;
using System.Net.Sockets;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>Who is asked through a proxy, and who is to blame when it does not answer.</summary>
public sealed class ProxyTests
{
    [Theory]
    [InlineData("*", "http://anything.example/")]
    [InlineData("a.example, *", "http://anything.example/")]
    [InlineData("corp.example", "http://corp.example/")]
    [InlineData("corp.example", "http://PKGS.Corp.Example:8080/")]
    [InlineData(".corp.example", "http://pkgs.corp.example/")]
    [InlineData(".corp.example", "http://corp.example/")]
    [InlineData("corp.example.", "http://pkgs.corp.example/")]
    [InlineData("corp.example", "http://pkgs.corp.example./")]
    [InlineData("a.example,corp.example b.example", "https://b.example/")]
    [InlineData("localhost,127.0.0.1", "http://127.0.0.1:8000/")]
    [InlineData("127.0.0.0/8", "http://127.9.9.9/")]
    [InlineData("127.1.2.3/8", "http://127.0.0.1/")]
    [InlineData("0.0.0.0/0", "http://127.0.0.1/")]
    [InlineData("192.168.4.0/22", "http://192.168.7.255/")]
    [InlineData("fd00::/8", "http://[fd12::1]/")]
    [InlineData("[::1]", "http://[::1]:80/")]
    [InlineData("10.0.0.0/8", "http://[::ffff:10.1.2.3]/")]
    public void A_host_that_no_proxy_names_is_reached_directly(string list, string address) =>
        Assert.True(new NoProxy(list).Covers(new Uri(address)));

    [Theory]
    [InlineData(null, "http://a.example/")]
    [InlineData("", "http://a.example/")]
    [InlineData(" , .,", "http://a.example/")]
    [InlineData("corp.example", "http://evilcorp.example/")]
    [InlineData("corp.example", "http://corp.example.evil/")]
    [InlineData("pkgs.corp.example", "http://corp.example/")]
    [InlineData("1", "http://127.0.0.1/")]
    [InlineData("0.0.1", "http://127.0.0.1/")]
    [InlineData("127.0.0.0/8", "http://128.0.0.1/")]
    [InlineData("192.168.4.0/22", "http://192.168.8.0/")]
    [InlineData("127.0.0.0/33", "http://127.0.0.1/")]
    [InlineData("127.0.0.0/-1", "http://127.0.0.1/")]
    [InlineData("127.0.0.0/", "http://127.0.0.1/")]
    [InlineData("127.0.0.0/8", "http://127.example/")]
    [InlineData("*.example", "http://a.example/")]
    [InlineData("::/0", "http://127.0.0.1/")]
    public void Everybody_else_is_not(string? list, string address) => Assert.False(new NoProxy(list).Covers(new Uri(address)));

    [Fact]
    public async Task The_proxy_is_asked_unless_no_proxy_names_the_index()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll(), proxy = new();
        using SimpleIndex through = Through(proxy.Address, "127.0.0.2", server.Simple());
        using SimpleIndex directly = Through(proxy.Address, "127.0.0.0/8", server.Simple());
        Assert.Null(await through.PageOf());      // the one that stands for the proxy has no such page
        Assert.Equal((0, 1), (server.Requests.Count, proxy.Requests.Count));
        Assert.NotNull(await directly.PageOf());
        Assert.Equal((1, 1), (server.Requests.Count, proxy.Requests.Count));
    }

    [Fact]
    public async Task A_proxy_that_does_not_answer_is_named_without_its_password()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using SimpleIndex index = Through(new Uri($"http://me:secret@127.0.0.1:{port}/"), "", new Uri("http://index.example/simple/"));
        var error = await Assert.ThrowsAsync<IndexException>(() => index.PageOf());
        Assert.Equal($"the proxy `http://127.0.0.1:{port}/` does not answer", error.Because);
        Assert.Equal((IndexRules.Unreachable, false), (error.Rule, error.IsRefusal));
    }

    private static SimpleIndex Through(Uri proxy, string except, Uri address) =>
        Served.At(address, proxy: new EnvironmentProxy(new WebProxy(proxy), new NoProxy(except)));
}
