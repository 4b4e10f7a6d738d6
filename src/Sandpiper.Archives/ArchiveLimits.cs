namespace Sandpiper.Archives;

/// <summary>The most that one archive may cost. Reaching a limit is a refusal, never a truncation.</summary>
/// <param name="MaxMembers">Entries, directories included.</param>
/// <param name="MaxMemberBytes">Bytes of one member once inflated.</param>
/// <param name="MaxTotalBytes">Bytes of all members once inflated.</param>
/// <param name="MaxRatio">Inflated bytes for one byte of archive, over the whole archive.</param>
/// <param name="MaxDepth">Path segments of one name.</param>
public sealed record ArchiveLimits(int MaxMembers, long MaxMemberBytes, long MaxTotalBytes, int MaxRatio, int MaxDepth)
{
    /// <summary>Directories that its names imply: each costs a block of the disk, and none of them a byte of the archive.</summary>
    public int MaxDirectories { get; init; } = 20_000;

    /// <summary>
    /// A few times the most of 344 popular wheels (5,626 files, 114 MB, ratio 8.5). The long tail has more: clients that are
    /// generated for a whole cloud some 30,000 files, GPU libraries some gigabytes, tables of text a ratio of 20. What exceeds even that is
    /// so rare that whoever wants it can say so.
    /// </summary>
    public static ArchiveLimits Default { get; } = new(40_000, 4L << 30, 16L << 30, 30, 64);
}
