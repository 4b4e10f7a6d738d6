namespace Sandpiper.Environments.Verifying;

/// <summary>Where something is not as it was installed: which decides what mends it.</summary>
public enum DeviationPlace
{
    /// <summary>The generation: the next one is made without it.</summary>
    Generation,

    /// <summary>The sealed files of a wheel: every environment with it is concerned, and none can be composed from it.</summary>
    Store,

    /// <summary>Byte code in the store: made from sealed sources, and made once more.</summary>
    ByteCode,

    /// <summary>The record of all changes: what can still be known is written down anew.</summary>
    Ledger,

    /// <summary>The link that says which generation is current.</summary>
    Current,

    /// <summary>The interpreter that the generation was made for: gone, or another one by now.</summary>
    Interpreter,

    /// <summary>The scripts on a person's PATH.</summary>
    Shims,

    /// <summary>What runs first in each sandbox: it is removed, and made anew by the next run.</summary>
    SecondStage,
}
