namespace Sandpiper.Samples;

/// <summary>What a header of a ZIP member says in place of the truth; null leaves the truth standing.</summary>
public sealed record HeaderLies
{
    public ReadOnlyMemory<byte>? Name { get; init; }

    public ushort? VersionNeeded { get; init; }

    public ushort? Flags { get; init; }

    public ushort? Method { get; init; }

    public uint? Crc32 { get; init; }

    public uint? CompressedSize { get; init; }

    public uint? Size { get; init; }

    /// <summary>The whole extra area; see <see cref="ZipBytes.ExtraField"/>.</summary>
    public ReadOnlyMemory<byte>? Extra { get; init; }

    /// <summary>Central directory only.</summary>
    public ReadOnlyMemory<byte>? Comment { get; init; }

    /// <summary>Central directory only.</summary>
    public ushort? Disk { get; init; }

    /// <summary>Central directory only: where the local header is said to be.</summary>
    public uint? HeaderOffset { get; init; }

    internal HeaderLies Over(HeaderLies other) => new()
    {
        Name = Name ?? other.Name,
        VersionNeeded = VersionNeeded ?? other.VersionNeeded,
        Flags = Flags ?? other.Flags,
        Method = Method ?? other.Method,
        Crc32 = Crc32 ?? other.Crc32,
        CompressedSize = CompressedSize ?? other.CompressedSize,
        Size = Size ?? other.Size,
        Extra = Extra ?? other.Extra,
        Comment = Comment ?? other.Comment,
        Disk = Disk ?? other.Disk,
        HeaderOffset = HeaderOffset ?? other.HeaderOffset,
    };
}
