using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sandpiper.Sandbox.Networks;

/// <summary>Hosts that a program may speak to: <c>--net HOST[:PORT]</c>.</summary>
/// <param name="Host">The host; with <paramref name="IsBelow"/> what its names end in.</param>
/// <param name="IsBelow"><c>*.example.org</c>: every name below it, at any depth, and not itself.</param>
/// <param name="Port">Null: those of the web, 80 and 443.</param>
public sealed record HostGrant(HostName Host, bool IsBelow, int? Port)
{
    /// <summary>More at once are nobody's intention.</summary>
    public const int Most = 256;

    /// <summary>What a host without a port means.</summary>
    public static ImmutableArray<int> WebPorts { get; } = [80, 443];

    /// <summary>Whether it leads to this machine itself: only ever by its own name and a port.</summary>
    public bool IsOfThisMachine => IsThisMachine(Host);

    /// <summary>As it is typed.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsBelow ? "*." : "")}{Host}{(Port is { } port ? $":{port}" : "")}");

    /// <summary>Whether that is among them.</summary>
    public bool Covers(Destination destination) =>
        (Port is { } port ? destination.Port == port : WebPorts.Contains(destination.Port))
        && (IsBelow
            ? destination.Host.Address is null && destination.Host.Text.Length > Host.Text.Length + 1
                && destination.Host.Text.EndsWith($".{Host.Text}", StringComparison.Ordinal)
            : Host == destination.Host);

    /// <param name="text">As typed.</param>
    /// <param name="problem">Why it is none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out HostGrant? grant, out HostGrantProblem problem)
    {
        grant = null;
        ReadOnlySpan<char> rest = text;
        bool isBelow = rest.StartsWith("*.");
        if (isBelow) rest = rest[2..];
        problem = text is "*" ? HostGrantProblem.Everything
            : text.Contains('/', StringComparison.Ordinal) ? HostGrantProblem.IsAddressOfPage
            : !System.Text.Ascii.IsValid(text) ? HostGrantProblem.NotAscii
            : HostGrantProblem.None;
        if (problem is not HostGrantProblem.None) return false;
        problem = HostGrantProblem.NoHost;
        // A port that no text gives stands for none.
        if (!Destination.TryParse(rest, defaultPort: ushort.MaxValue + 1, out Destination? parsed)) return false;
        int? port = parsed.Port > ushort.MaxValue ? null : parsed.Port;
        HostName host = parsed.Host;
        // `*.org`: whoever may reach that may reach everybody.
        if (isBelow && (host.Address is not null || !host.Text.Contains('.', StringComparison.Ordinal))) problem = HostGrantProblem.TooWide;
        else if (host.Address is { } address && AddressKinds.KindOf(address) is AddressKind.Never) problem = HostGrantProblem.Never;
        else if (port is null && IsLocal(host)) problem = HostGrantProblem.PortMissing;
        else problem = HostGrantProblem.None;
        if (problem is not HostGrantProblem.None) return false;
        grant = new HostGrant(host, isBelow, port);
        return true;
    }

    private static bool IsThisMachine(HostName host) => host.Text is HostName.ThisMachine
        || (host.Address is { } address && AddressKinds.KindOf(address) is AddressKind.OfThisMachine);

    // What is not on the internet is meant when a service of it is.
    private static bool IsLocal(HostName host) =>
        IsThisMachine(host) || (host.Address is { } address && AddressKinds.KindOf(address) is not AddressKind.Public);
}

/// <summary>Why a text grants no host.</summary>
public enum HostGrantProblem
{
    None,

    /// <summary>Neither a name nor an address, or its port is none.</summary>
    NoHost,

    /// <summary>It begins with a scheme or has a path.</summary>
    IsAddressOfPage,

    /// <summary>Letters that only look like others.</summary>
    NotAscii,

    /// <summary><c>*</c>: the whole network has a word of its own.</summary>
    Everything,

    /// <summary>A wildcard below less than two labels.</summary>
    TooWide,

    /// <summary>This machine or a private address, without a port.</summary>
    PortMissing,

    /// <summary>An address of <see cref="AddressKind.Never"/>.</summary>
    Never,
}
