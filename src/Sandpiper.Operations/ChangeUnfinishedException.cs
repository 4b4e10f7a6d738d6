namespace Sandpiper.Operations;

/// <summary>What follows a switch.</summary>
public enum AfterSwitch
{
    /// <summary>It is known to survive a power failure.</summary>
    OnDisk,

    /// <summary>The ledger says that it happened.</summary>
    Ledger,

    /// <summary>The commands of its packages have their shims.</summary>
    Shims,
}

/// <summary>
/// The environment was switched, and something that follows the switch failed. The next command that changes the environment does it.
/// </summary>
public sealed class ChangeUnfinishedException(string environment, int generation, AfterSwitch step, Exception cause)
    : Exception(cause.Message, cause)
{
    public string Environment { get; } = environment;

    /// <summary>The one that is current now.</summary>
    public int Generation { get; } = generation;

    /// <summary>The first that failed.</summary>
    public AfterSwitch Step { get; } = step;
}
