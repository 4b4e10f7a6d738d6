namespace Sandpiper.Samples;

/// <summary>What the end record of a ZIP archive says in place of the truth; null leaves the truth standing.</summary>
public sealed record EndLies
{
    public ushort? Disk { get; init; }

    public ushort? EntriesOnDisk { get; init; }

    public ushort? Entries { get; init; }

    public uint? DirectorySize { get; init; }

    public uint? DirectoryOffset { get; init; }

    public ushort? CommentLength { get; init; }
}
