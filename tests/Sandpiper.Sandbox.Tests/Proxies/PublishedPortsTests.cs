using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Proxies;

namespace Sandpiper.Sandbox.Tests.Proxies;

public sealed class PublishedPortsTests
{
    private static ImmutableArray<PortGrant> Ports(params ImmutableArray<string> texts) =>
        [.. texts.Select(text => PortGrant.TryParse(text, out PortGrant? port) ? port : throw new FormatException(text))];

    private static ImmutableArray<HostGrant> Hosts(params ImmutableArray<string> texts) =>
        [.. texts.Select(text => HostGrant.TryParse(text, out HostGrant? host, out _) ? host : throw new FormatException(text))];

    // Whoever came in at a port that is open to others would be led to the database of this machine, or to whatever host was granted.
    [Theory]
    [InlineData("0.0.0.0:PORT:5432", "localhost:5432", true)]
    [InlineData("PORT:5432", "127.0.0.1:5432", true)]
    [InlineData("PORT:5432", "[::1]:5432", true)]
    [InlineData("PORT:80", "127.0.0.1:80", true)]
    [InlineData("PORT:3128", "example.org", true)]
    [InlineData("PORT:5432", "db.example:5432", false)]     // answers at another address of its loopback
    [InlineData("PORT:5432", "127.0.0.2:5432", false)]
    [InlineData("PORT:5432", "localhost:5433", false)]
    public void What_comes_in_is_not_led_out_again(string port, string host, bool leadsOut)
    {
        using var free = new TcpListener(IPAddress.Any, 0);
        free.Start();
        ImmutableArray<PortGrant> ports = Ports(port.Replace("PORT", $"{((IPEndPoint)free.LocalEndpoint).Port}", StringComparison.Ordinal));
        // It is taken, so that whatever goes through is refused for that.
        Assert.Equal(leadsOut ? PortTrouble.LeadsOut : PortTrouble.InUse, Assert.Throws<PortTakenException>(
            () => PublishedPorts.Take(ports, Hosts(host), ProxyVariables.Port)).Trouble);
    }

    [Theory]
    [InlineData("8000:1", "8000:2")]
    [InlineData("8000", "0.0.0.0:8000")]
    [InlineData("[::1]:8000", "[::]:8000")]
    public void Two_for_one_place_are_told_as_that(string one, string other) =>
        Assert.Equal(PortTrouble.Twice, Assert.Throws<PortTakenException>(
            () => PublishedPorts.Take(Ports(one, other), [], ProxyVariables.Port)).Trouble);

    [Fact]
    public void The_proxy_is_where_nothing_else_wants_to_be()
    {
        Assert.Equal(3128, ProxyVariables.PortBeside(Hosts("example.org", "db.example:3128", "127.0.0.2:3128"), Ports("3128:8000")));
        Assert.Equal(3129, ProxyVariables.PortBeside(Hosts("localhost:3128"), []));
        Assert.Equal(3131, ProxyVariables.PortBeside(Hosts("127.0.0.1:3129"), Ports("3128", "9000:3130")));
    }
}
