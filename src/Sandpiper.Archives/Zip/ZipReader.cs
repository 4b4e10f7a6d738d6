using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Archives.Zip;

/// <summary>A ZIP archive that every reader would read the same way; anything else is refused on opening.</summary>
public sealed class ZipReader : IDisposable
{
    /// <exception cref="ArchiveRefusedException">It is no such archive; says which rule and where.</exception>
    public static ZipReader Open(SafeFileHandle file, ArchiveLimits limits) => throw new NotImplementedException();

    /// <summary>Files and directories, in the order of the central directory.</summary>
    public ImmutableArray<ZipMember> Members => throw new NotImplementedException();

    /// <summary>
    /// Inflates one member into <paramref name="destination"/>; refuses at the first byte beyond the promised size, and when size or
    /// CRC-32 come out different. May be called from several threads at once.
    /// </summary>
    public void CopyTo(ZipMember member, Stream destination) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}

/// <summary>One member, described identically by its local header and by the central directory.</summary>
/// <param name="Name">Relative, <c>/</c>-separated, UTF-8, already checked: it cannot leave the destination. A directory's has no trailing <c>/</c>.</param>
/// <param name="IsDirectory">A directory; it has no content.</param>
/// <param name="IsExecutable">The archive's mode has the owner's execute bit; nothing else of the mode is kept.</param>
/// <param name="HeaderOffset">Of the local header, in bytes from the start.</param>
/// <param name="CompressedSize">Bytes in the archive.</param>
/// <param name="Size">Bytes once inflated, as promised.</param>
/// <param name="Crc32">As promised.</param>
public sealed record ZipMember(string Name, bool IsDirectory, bool IsExecutable, long HeaderOffset, long CompressedSize, long Size, uint Crc32);
