using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Sandpiper.Sandbox.Networks;

/// <summary>A server of the program that may be reached from outside: <c>--port [BIND:]PORT[:INSIDE]</c>.</summary>
/// <param name="Bind">The address of this machine where it is reached.</param>
/// <param name="Port">There.</param>
/// <param name="Inside">The port on the program's own loopback that it listens on.</param>
public sealed record PortGrant(IPAddress Bind, int Port, int Inside)
{
    /// <summary>More at once are nobody's intention.</summary>
    public const int Most = 64;

    /// <summary>Others than who is on this machine can reach it.</summary>
    public bool IsOpenToOthers => !IPAddress.IsLoopback(Bind);

    /// <summary>Where it is reached.</summary>
    public Destination Outside => new(HostName.Of(Bind), Port);

    /// <summary>As it is typed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(Bind.Equals(IPAddress.Loopback) ? "" : $"{HostName.Of(Bind)}:")}{Port}{(Inside == Port ? "" : $":{Inside}")}");

    /// <param name="text">As typed; the address is one in numbers, an IPv6 one in brackets.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PortGrant? grant)
    {
        grant = null;
        IPAddress bind = IPAddress.Loopback;
        ReadOnlySpan<char> ports = text;
        int colon = ports.IndexOf(']') is >= 0 and var end ? end + 1 : ports.IndexOf(':');
        if (colon > 0 && colon < ports.Length && ports[colon] == ':' && HostName.TryParse(ports[..colon], out HostName? host)
            && host.Address is not null)
        {
            bind = host.Address;
            ports = ports[(colon + 1)..];
        }
        int between = ports.IndexOf(':');
        ReadOnlySpan<char> first = between < 0 ? ports : ports[..between];
        if (!Destination.TryParsePort(first, out int port)) return false;
        int inside = port;
        if (between >= 0 && !Destination.TryParsePort(ports[(between + 1)..], out inside)) return false;
        grant = new PortGrant(bind, port, inside);
        return true;
    }
}
