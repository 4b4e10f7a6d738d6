namespace Sandpiper.Sandbox.Reviews;

/// <summary>How much is copied for one run, at most: it is done before each one, and waited for.</summary>
public sealed class CopyBudget
{
    /// <summary>Bytes of content; what a home may hold, too.</summary>
    public const long MostBytes = 2_000_000_000;

    /// <summary>Names of any kind.</summary>
    public const int MostFiles = 100_000;

    /// <summary>Names that are looked at where nothing is copied: what is known of each is kept while the program runs.</summary>
    public const int MostSeen = 500_000;

    /// <summary>Environments, repositories and the like that are shown beside the copy: each is a mount.</summary>
    public const int MostLeftOut = 100;

    /// <summary>Names of any kind, in all.</summary>
    internal int MostNames { get; init; } = MostFiles;

    private int _files, _leftOut;

    /// <summary>Bytes that may still be copied.</summary>
    internal long Bytes { get; private set; } = MostBytes;

    /// <summary>One name more.</summary>
    /// <exception cref="CopyRefusedException">Those are too many.</exception>
    internal void Count(string root)
    {
        if (++_files > MostNames) throw new CopyRefusedException(CopyRefusal.TooLarge, root);
    }

    /// <exception cref="CopyRefusedException">That is too much.</exception>
    internal void Take(long bytes, string root)
    {
        Bytes -= bytes;
        if (Bytes < 0) throw new CopyRefusedException(CopyRefusal.TooLarge, root);
    }

    /// <exception cref="CopyRefusedException">Those are too many.</exception>
    internal void LeaveOut(string root)
    {
        if (++_leftOut > MostLeftOut) throw new CopyRefusedException(CopyRefusal.TooManyLeftOut, root);
    }
}
