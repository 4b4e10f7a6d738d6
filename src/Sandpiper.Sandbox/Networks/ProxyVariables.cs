using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Sandpiper.Sandbox.Networks;

/// <summary>How programs are told where their proxy is: curl's names, which everybody reads.</summary>
internal static class ProxyVariables
{
    /// <summary>The proxy's port on the program's own loopback, where nothing else wants to be.</summary>
    public const int Port = 3128;

    /// <summary>The first one from there on at which neither a granted service of this machine answers nor a server of the program's is
    /// to be reached.</summary>
    public static int PortBeside(ImmutableArray<HostGrant> hosts, ImmutableArray<PortGrant> ports)
    {
        HashSet<int> taken = [.. InnerPlace.Of(hosts).Where(place => place.Address.Equals(IPAddress.Loopback))
            .SelectMany(place => place.Ports), .. ports.Select(port => port.Inside)];
        return Enumerable.Range(Port, taken.Count + 1).First(port => !taken.Contains(port));
    }

    /// <summary>In both spellings: some read the one, some the other, and curl reads <c>http_proxy</c> in lower case alone.</summary>
    /// <param name="port">The proxy's.</param>
    public static IEnumerable<(string Name, string Value)> For(int port)
    {
        string proxy = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        (string, string)[] variables =
        [
            ("HTTP_PROXY", proxy), ("HTTPS_PROXY", proxy), ("ALL_PROXY", proxy),
            // Its own servers, which no proxy outside could reach.
            ("NO_PROXY", "localhost,127.0.0.1,::1"),
        ];
        return [.. variables, .. variables.Select(v => (v.Item1.ToLowerInvariant(), v.Item2))];
    }
}
