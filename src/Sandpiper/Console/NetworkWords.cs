using System.Collections.Immutable;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Console;

/// <summary>The words for hosts and ports: what was granted, and what was refused.</summary>
internal static class NetworkWords
{
    /// <summary>Why a text grants no host.</summary>
    public static string Of(HostGrantProblem problem, string text) => problem switch
    {
        HostGrantProblem.IsAddressOfPage => "a host is meant, without `http://` and without a path: example.org",
        HostGrantProblem.NotAscii => "letters that only look like others would be seen as them; its ASCII form is meant (xn--…)",
        HostGrantProblem.Everything => "for every host say --net all, which is this machine's and its networks' services, too",
        HostGrantProblem.TooWide => "below so short a name lies everybody; at least two labels are meant: *.example.org",
        HostGrantProblem.PortMissing =>
            $"it is no host of the internet; which service of it is meant, its port says: --net {text}:5432",
        HostGrantProblem.Never =>
            "it is where a machine is told its secrets (metadata of a cloud), one of its links, or another address in disguise",
        _ => "a name of the DNS is meant, or an address in numbers, and perhaps a port: example.org, example.org:8443, [2001:4860::1]:443",
    };

    /// <summary>A grant in a line of an explanation.</summary>
    public static string Of(HostGrant grant) => grant switch
    {
        { IsOfThisMachine: true } => $"{grant}, a service of this machine, at the same place inside",
        { Host.Address: not null, Port: not null } => $"{grant}",
        { IsBelow: true } => $"{grant}, every host below it{Ports(grant)}",
        _ => $"{grant}{Ports(grant)}",
    };

    private static string Ports(HostGrant grant) => grant.Port is null ? ", ports 80 and 443" : "";

    /// <summary>A published port in a line of an explanation.</summary>
    public static string Of(PortGrant port) => $"{port.Outside} leads to its port {port.Inside}"
        + (port.IsOpenToOthers ? "; whoever reaches this machine there reaches it" : "");

    public static Explanation Of(PortTakenException taken) => new(ExitCode.RunFailed,
        $"port {taken.Port.Port} cannot be had; nothing was run",
        taken.Trouble switch
        {
            PortTrouble.InUse => $"somebody listens at {taken.Port.Outside} already",
            PortTrouble.NeedsRoot => "below 1024 they are root's",
            PortTrouble.Twice => $"another --port takes {taken.Port.Outside}, too",
            PortTrouble.LeadsOut => $"at port {taken.Port.Inside} of its own the program reaches what --net granted: whoever came in there "
                + "would be led out again, to that",
            _ => $"this machine has no address {taken.Port.Bind}",
        },
        "sandpiper run --port " + taken.Trouble switch
        {
            PortTrouble.NoSuchAddress => $"{taken.Port with { Bind = System.Net.IPAddress.Loopback }} …",
            PortTrouble.LeadsOut =>
                $"{taken.Port with { Inside = Another(taken.Port.Inside) }} …      and the server at that port",
            _ => $"{taken.Port with { Port = Another(taken.Port.Port) }} …",
        });

    private static int Another(int port) => port < 1024 ? port + 8000 : port < ushort.MaxValue ? port + 1 : port - 1;

    /// <summary>One line about a connection that was refused.</summary>
    public static string Of(RefusedConnection refused) => $"sandpiper: "
        + (refused.Reason is RefusalReason.NotReached or RefusalReason.ProxyAbsent ? "no" : "refused a")
        + $" connection to {refused.Wanted?.ToString() ?? "a host"}: "
        + refused.Reason switch
        {
            RefusalReason.NotGranted => "not granted",
            RefusalReason.LeadsToPrivateNetwork => $"it leads to {refused.Detail}, which would have to be granted itself",
            RefusalReason.LeadsToThisMachine => $"it leads to this machine ({refused.Detail})",
            RefusalReason.LeadsNowhere => $"it leads to {refused.Detail}, where no program has to be",
            RefusalReason.OtherHost => $"its request names `{Shown(refused.Detail)}`",
            RefusalReason.NoServerName => "what it spoke there was no TLS that names this host for all to see",
            RefusalReason.OtherServerName => $"its TLS names `{Shown(refused.Detail)}`",
            RefusalReason.ProxyRefused => $"{YourProxy(refused)} answered {Shown(refused.Detail)}",
            RefusalReason.ProxyAbsent => $"{YourProxy(refused)}, {Shown(refused.Detail)}, does not answer",
            RefusalReason.NotReached => "nobody answers there, or no such name is known here",
            RefusalReason.ProxyOfAnotherKind =>
                $"your proxy speaks `{Shown(refused.Detail)}`, and --net goes through one of plain HTTP only",
            RefusalReason.TunnelToWeb => "port 80 is asked of the proxy itself, request by request (http_proxy), not through a tunnel",
            _ => "its request could be read in two ways, or not at all",
        };

    private static string YourProxy(RefusedConnection refused) =>
        $"your proxy ({(refused.Wanted is { Port: 80 } ? "http_proxy" : "https_proxy")})";

    // The program's own words: so much of them that they are known again, and nothing that reads like a line of ours.
    private static string Shown(string? text) =>
        string.Concat((text ?? "").Take(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':' or '_' ? c : '?'));

    /// <summary>What would grant it, where that is all it takes: options for <c>allow</c> and <c>run</c>.</summary>
    public static HostGrant? GrantFor(RefusedConnection refused) => refused switch
    {
        { Reason: RefusalReason.NotGranted, Wanted: { } wanted } when HostGrant.TryParse(Written(wanted), out HostGrant? grant, out _) =>
            grant,
        // Where a name leads is said by whoever owns it: no offer to open this machine or its networks comes of that.
        _ => null,
    };

    /// <summary>The same for a host as it was written: <c>example.org:443</c>.</summary>
    public static HostGrant? GrantFor(string host) => HostGrant.TryParse(host, out HostGrant? grant, out _)
        ? grant.Port is { } port && HostGrant.WebPorts.Contains(port) && grant.Host.Address is null && !grant.IsOfThisMachine
            ? grant with { Port = null } : grant
        : null;

    private static string Written(Destination wanted) => HostGrant.WebPorts.Contains(wanted.Port) && wanted.Host.Address is null
        && wanted.Host.Text is not HostName.ThisMachine ? $"{wanted.Host}" : $"{wanted}";
}
