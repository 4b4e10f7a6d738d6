namespace Sandpiper.Assessment.Matrix;

/// <summary>How little somebody has to do until an asset is reached; the first is the worst.</summary>
public enum Worst
{
    /// <summary>While fetching or installing.</summary>
    Install,

    /// <summary>At a later start of a Python, an import, a command, the removal.</summary>
    Use,

    /// <summary>By something that was left behind before.</summary>
    Planted,

    /// <summary>Only when you use sudo the next time.</summary>
    Sudo,

    /// <summary>Nothing could be installed, so nothing was learnt. Worse than never: it is no evidence of it.</summary>
    Unknown,

    /// <summary>Looked for, and not reached.</summary>
    Never,

    /// <summary>Not measured: it follows from who may write what.</summary>
    Derived,
}

/// <summary>The stable names.</summary>
public static class WorstNames
{
    public static string Id(this Worst worst) => worst switch
    {
        Worst.Install => "install",
        Worst.Use => "use",
        Worst.Planted => "planted",
        Worst.Sudo => "sudo",
        Worst.Unknown => "unknown",
        Worst.Never => "never",
        _ => "derived",
    };
}
