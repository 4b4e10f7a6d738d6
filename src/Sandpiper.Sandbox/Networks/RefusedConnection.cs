namespace Sandpiper.Sandbox.Networks;

/// <summary>What a program asked for and was not given.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Wanted">Where it wanted to; null when that could not even be read.</param>
/// <param name="Detail">An address, or the name that was asked for in its place: any text, and the program's own.</param>
public sealed record RefusedConnection(RefusalReason Reason, Destination? Wanted, string? Detail = null);

/// <summary>Why a connection was refused; in brackets what its detail then is.</summary>
public enum RefusalReason
{
    /// <summary>Nobody granted that host, or that port of it.</summary>
    NotGranted,

    /// <summary>The name leads into a network that is not the internet (the address).</summary>
    LeadsToPrivateNetwork,

    /// <summary>The name leads to this machine (the address).</summary>
    LeadsToThisMachine,

    /// <summary>It leads where no program has to be (the address).</summary>
    LeadsNowhere,

    /// <summary>What was asked could be read in two ways, or not at all.</summary>
    NotUnderstood,

    /// <summary>The request names another host than it goes to (that name).</summary>
    OtherHost,

    /// <summary>On port 443 something else than TLS was spoken, or TLS that hides or lacks the name of the server.</summary>
    NoServerName,

    /// <summary>TLS with another server than the one that was asked for (that name).</summary>
    OtherServerName,

    /// <summary>A tunnel to port 80, in which every request could name another host.</summary>
    TunnelToWeb,

    /// <summary>The proxy by which this machine reaches the internet would not have it (the status that it answered with).</summary>
    ProxyRefused,

    /// <summary>That proxy speaks something else than plain HTTP (what).</summary>
    ProxyOfAnotherKind,

    /// <summary>That proxy is not there, or says nothing (where it is).</summary>
    ProxyAbsent,

    /// <summary>It was granted, and nobody answered, or has that name. A program that cannot be told so in words sees it end.</summary>
    NotReached,
}
