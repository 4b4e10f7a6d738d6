using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Sandpiper.Sandbox.Networks;

/// <summary>Whose an address is.</summary>
public enum AddressKind
{
    /// <summary>Somebody's on the internet.</summary>
    Public,

    /// <summary>Of this machine: loopback.</summary>
    OfThisMachine,

    /// <summary>Of a network that is not the internet: private, shared (carriers, VPNs), unique local.</summary>
    OfPrivateNetwork,

    /// <summary>
    /// Nobody's whom a program would mean: what the machine is told its secrets by (metadata of a cloud), its links, many at once, or
    /// another address in disguise.
    /// </summary>
    Never,
}

/// <summary>The special addresses of IANA's registries (RFC 6890), and what clouds have put beside them.</summary>
internal static class AddressKinds
{
    private static readonly ImmutableArray<(IPNetwork Network, AddressKind Kind)> Special =
    [
        // Metadata first: some lie in a network of another kind.
        .. Of(AddressKind.Never, "169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24",
            // Amazon's services of a machine, Google's, Oracle's and Scaleway's metadata.
            "fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128"),
        .. Of(AddressKind.OfThisMachine, "127.0.0.0/8", "::1/128"),
        .. Of(AddressKind.OfPrivateNetwork, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
        .. Of(AddressKind.Never, "0.0.0.0/8", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4"),
        // Protocols, Teredo, documentation: RFC 2928, 4380, 3849, 9637.
        .. Of(AddressKind.Never, "2001::/23", "2001:db8::/32", "3fff::/20"),
    ];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");        // RFC 4291, 2.4: all that was given out so far
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96"); // RFC 6052: behind NAT64 all IPv4 is this
    private static readonly IPNetwork Tunnelled = IPNetwork.Parse("2002::/16");     // RFC 3056

    public static AddressKind KindOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return Disguised(address.MapToIPv4(), mayBePublic: false);
        foreach (var (network, kind) in Special)
        {
            if (network.Contains(address)) return kind;
        }
        if (address.AddressFamily is AddressFamily.InterNetwork) return AddressKind.Public;
        byte[] bytes = address.GetAddressBytes();
        if (Translated.Contains(address)) return Disguised(new IPAddress(bytes.AsSpan(12)), mayBePublic: true);
        if (Tunnelled.Contains(address)) return Disguised(new IPAddress(bytes.AsSpan(2, 4)), mayBePublic: false);
        return address.ScopeId == 0 && Global6.Contains(address) ? AddressKind.Public : AddressKind.Never;
    }

    // Who means 127.0.0.1 can say so.
    private static AddressKind Disguised(IPAddress inner, bool mayBePublic) =>
        mayBePublic && KindOf(inner) is AddressKind.Public ? AddressKind.Public : AddressKind.Never;

    private static IEnumerable<(IPNetwork, AddressKind)> Of(AddressKind kind, params string[] networks) =>
        networks.Select(network => (IPNetwork.Parse(network), kind));
}
