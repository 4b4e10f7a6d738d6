using System.Collections.Immutable;
using System.Net;

namespace Sandpiper.Sandbox.Networks;

/// <summary>Where a granted host appears on the program's own loopback, under its own name: for what knows no proxy.</summary>
/// <param name="Host">As the program names it.</param>
/// <param name="Address">There.</param>
/// <param name="Ports">That answer.</param>
internal sealed record InnerPlace(HostName Host, IPAddress Address, ImmutableArray<int> Ports)
{
    /// <summary>One for each host that was named exactly: a wildcard names none, and an address of the internet is none here.</summary>
    public static ImmutableArray<InnerPlace> Of(ImmutableArray<HostGrant> hosts)
    {
        var places = ImmutableArray.CreateBuilder<InnerPlace>();
        foreach (var grants in hosts.Where(grant => !grant.IsBelow && (grant.Host.Address is null || grant.IsOfThisMachine))
            .GroupBy(grant => grant.Host))
        {
            // 127.1.0.1 and on: all of 127/8 is loopback, and nobody is at home there.
            int number = places.Count + 1;
            IPAddress address = grants.Key.Address
                ?? (grants.Key.Text is HostName.ThisMachine ? IPAddress.Loopback
                    : new IPAddress([127, 1, (byte)(number >> 8), (byte)(number & 255)]));
            places.Add(new InnerPlace(grants.Key, address,
                [.. grants.SelectMany(grant => grant.Port is { } port ? [port] : HostGrant.WebPorts).Distinct()]));
        }
        return places.DrainToImmutable();
    }
}
