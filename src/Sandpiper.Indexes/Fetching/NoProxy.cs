using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Sandpiper.Indexes.Fetching;

/// <summary>Hosts that are reached without a proxy, as <c>no_proxy</c> names them and curl reads it.</summary>
/// <remarks>
/// <c>corp.example</c> and <c>.corp.example</c> are that host and those below it, <c>10.0.0.0/8</c> is a network, <c>*</c> is everything;
/// commas and white space stand between. .NET's own reading knows none of these but <c>.corp.example</c>.
/// </remarks>
internal sealed class NoProxy
{
    private readonly ImmutableArray<string> _domains;
    private readonly ImmutableArray<IPNetwork> _networks;
    private readonly bool _isAll;

    public NoProxy(string? list)
    {
        string[] words = (list ?? "").Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        _isAll = words.Contains("*", StringComparer.Ordinal);
        var (domains, networks) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<IPNetwork>());
        foreach (string word in words)
        {
            if (NetworkOf(word) is { } network) networks.Add(network);
            else if (word.Trim('.') is { Length: > 0 } domain) domains.Add(domain);
        }
        (_domains, _networks) = (domains.DrainToImmutable(), networks.DrainToImmutable());
    }

    public bool Covers(Uri target)
    {
        if (_isAll) return true;
        // An address is never part of a domain: "1" must not cover 127.0.0.1.
        if (IPAddress.TryParse(target.IdnHost.Trim('[', ']'), out IPAddress? address))
        {
            IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            return _networks.Any(network => network.Contains(plain));
        }
        string host = target.IdnHost.TrimEnd('.');
        return _domains.Any(domain => IsIn(host, domain));
    }

    private static bool IsIn(string host, string domain) =>
        host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
        && (host.Length == domain.Length || host[host.Length - domain.Length - 1] == '.');

    private static IPNetwork? NetworkOf(string word)
    {
        string[] parts = word.Split('/', 2);
        if (!IPAddress.TryParse(parts[0].Trim('[', ']'), out IPAddress? address)) return null;
        int all = address.GetAddressBytes().Length * 8;
        if (parts.Length == 1) return new IPNetwork(address, all);
        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int bits) || bits > all) return null;
        // "10.1.2.3/8" is meant as 10.0.0.0/8, and .NET refuses it.
        byte[] bytes = address.GetAddressBytes();
        for (int bit = bits; bit < all; bit++) bytes[bit / 8] &= (byte)(0xFF ^ (0x80 >> (bit % 8)));
        return new IPNetwork(new IPAddress(bytes), bits);
    }
}
