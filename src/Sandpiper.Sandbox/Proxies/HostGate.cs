using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Sandpiper.Kernel.Sockets;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>
/// Whom a program may be connected to: one decision, whatever it asked by, and the connection to just what was decided about.
/// </summary>
/// <param name="grants">What the user granted.</param>
/// <param name="resolve">The addresses of a name; throws <see cref="SocketException"/> where there are none. Asked once.</param>
/// <param name="reached">Is told of each connection that is made, from any thread; null: nobody is.</param>
/// <param name="upstream">The proxy by which this machine reaches the internet; null: there is none.</param>
internal sealed class HostGate(ImmutableArray<HostGrant> grants, Func<string, IPAddress[]> resolve, Action<Destination>? reached = null,
    UpstreamProxy? upstream = null)
{
    private static readonly TimeSpan PatienceToConnect = TimeSpan.FromSeconds(10);
    private const int MostAddresses = 8; // tried, one after the other

    /// <summary>Null when it was granted. What a name leads to is decided by <see cref="TryConnect"/>.</summary>
    public RefusedConnection? WhyNot(Destination wanted) =>
        grants.Any(grant => grant.Covers(wanted)) ? null : new(RefusalReason.NotGranted, wanted);

    /// <summary>Connects, where it was granted.</summary>
    /// <param name="refused">Why it may not be; null: it may be, and could not, or could.</param>
    /// <returns>Null when there is no connection.</returns>
    public Socket? TryConnect(Destination wanted, out RefusedConnection? refused)
    {
        refused = WhyNot(wanted);
        if (refused is not null) return null;
        IPAddress[] addresses = AddressesOf(wanted.Host);
        // One of several that may not be: then somebody else says what the name means.
        refused = addresses.Select(address => WhyNot(wanted, address)).FirstOrDefault(why => why is not null);
        if (refused is not null) return null;
        // What is not on the internet was named itself, and is reached as it is.
        if (addresses.All(address => AddressKinds.KindOf(address) is AddressKind.Public) && upstream?.On(wanted) is { } proxy)
        {
            Socket? through = upstream.TryConnect(proxy, wanted, out refused);
            if (through is not null) reached?.Invoke(wanted);
            return through;
        }
        foreach (IPAddress address in addresses.Take(MostAddresses))
        {
            bool isNamed = WhyNot(wanted with { Host = HostName.Of(address) }) is null;
            Socket? socket = Connected(new IPEndPoint(address, wanted.Port), isNamed, out bool isOwn);
            if (isOwn) refused = new(RefusalReason.LeadsToThisMachine, wanted, $"{address}");
            if (socket is not null) reached?.Invoke(wanted);
            if (isOwn || socket is not null) return socket;
        }
        return null;
    }

    private IPAddress[] AddressesOf(HostName host)
    {
        if (host.Address is { } address) return [address];
        // What a resolver or a file says of it counts for nothing.
        if (host.Text is HostName.ThisMachine) return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        try
        {
            return [.. resolve(host.Text).Distinct()];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    // A name never leads out of the internet by itself: whoever names the address as well means that.
    private RefusedConnection? WhyNot(Destination wanted, IPAddress address) => AddressKinds.KindOf(address) switch
    {
        AddressKind.Public => null,
        AddressKind.Never => new(RefusalReason.LeadsNowhere, wanted, $"{address}"),
        var kind when wanted.Host.Text is HostName.ThisMachine && kind is AddressKind.OfThisMachine => null,
        _ when WhyNot(wanted with { Host = HostName.Of(address) }) is null => null,
        AddressKind.OfThisMachine => new(RefusalReason.LeadsToThisMachine, wanted, $"{address}"),
        _ => new(RefusalReason.LeadsToPrivateNetwork, wanted, $"{address}"),
    };

    private static Socket? Connected(IPEndPoint to, bool isNamed, out bool isOwn)
    {
        isOwn = false;
        try
        {
            // Services that listen on every address are on this machine's public one, too, and a wall around it is not before us.
            isOwn = !isNamed && AddressKinds.KindOf(to.Address) is AddressKind.Public && IsOwn(to);
            return isOwn ? null : OpenSocket.TryConnect(to, PatienceToConnect);
        }
        catch (SocketException)
        {
            return null; // no such family here, or no descriptors left
        }
    }

    // To connect a datagram socket asks the kernel for the way, and sends nothing: to ourselves we come from there.
    private static bool IsOwn(IPEndPoint to)
    {
        using var way = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            way.Connect(to);
        }
        catch (SocketException)
        {
            return false; // no way at all
        }
        return way.LocalEndPoint is IPEndPoint from && from.Address.Equals(to.Address);
    }
}
