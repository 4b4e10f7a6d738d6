namespace Sandpiper.Sandbox.Networks;

/// <summary>A port at which a server of the program was to be reached cannot be had. Nothing was started.</summary>
public sealed class PortTakenException(PortGrant port, PortTrouble trouble) : Exception($"{trouble}: {port.Outside}")
{
    public PortGrant Port { get; } = port;

    public PortTrouble Trouble { get; } = trouble;
}

/// <summary>Why.</summary>
public enum PortTrouble
{
    /// <summary>Somebody listens there.</summary>
    InUse,

    /// <summary>Below 1024 (ip_unprivileged_port_start).</summary>
    NeedsRoot,

    /// <summary>This machine has no such address.</summary>
    NoSuchAddress,

    /// <summary>Another grant takes the same for another port inside.</summary>
    Twice,

    /// <summary>
    /// At that port of its loopback no server of the program can be: the way out is there, to a service of this machine that was granted,
    /// or to our proxy. Whoever came in would be led out again, to what was granted to the program alone.
    /// </summary>
    LeadsOut,
}
