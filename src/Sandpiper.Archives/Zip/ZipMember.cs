namespace Sandpiper.Archives.Zip;

/// <summary>One member, described identically by its local header and by the central directory.</summary>
/// <param name="Name">Relative, <c>/</c>-separated, UTF-8, already checked: it cannot leave the destination. No trailing <c>/</c>.</param>
/// <param name="IsDirectory">A directory; it has no content.</param>
/// <param name="IsExecutable">The archive's mode has the owner's execute bit; nothing else of the mode is kept.</param>
/// <param name="HeaderOffset">Of the local header, in bytes from the start.</param>
/// <param name="CompressedSize">Bytes in the archive.</param>
/// <param name="Size">Bytes once inflated, as promised.</param>
/// <param name="Crc32">As promised.</param>
public sealed record ZipMember(
    string Name, bool IsDirectory, bool IsExecutable, long HeaderOffset, long CompressedSize, long Size, uint Crc32)
{
    internal ZipMethod Method { get; init; }

    /// <summary>Of the first byte of the content.</summary>
    internal long DataOffset { get; init; }
}
