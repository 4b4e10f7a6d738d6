namespace Sandpiper.Sandbox.Reviews;

/// <summary>Why there is no copy to be had.</summary>
public enum CopyRefusal
{
    /// <summary>More than <see cref="CopyBudget.MostBytes"/> or <see cref="CopyBudget.MostFiles"/>.</summary>
    TooLarge,

    /// <summary>Directories in directories, more than anybody makes.</summary>
    TooDeep,

    /// <summary>More environments and repositories in it than are shown beside a copy.</summary>
    TooManyLeftOut,

    /// <summary>It was exchanged for another one while it was being copied.</summary>
    Replaced,
}

/// <summary>No copy was made, and nothing is left of it.</summary>
/// <param name="reason">Why.</param>
/// <param name="path">Of what.</param>
public sealed class CopyRefusedException(CopyRefusal reason, string path) : Exception($"{reason}: {path}")
{
    public CopyRefusal Reason { get; } = reason;

    public string Path { get; } = path;
}
