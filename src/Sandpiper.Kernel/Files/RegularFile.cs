using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// Reads a file that lies where anybody's program may have put something else: a pipe would be waited for, a device never ends, a link
/// leads away. None of them is waited for, followed or read, however the name changes meanwhile.
/// </summary>
public static class RegularFile
{
    /// <summary>Null when there is no regular file of that name itself.</summary>
    /// <exception cref="IOException">It may not be read.</exception>
    public static SafeFileHandle? TryOpen(string path) => TryOpen(path, out _);

    /// <param name="opened">What it is.</param>
    /// <inheritdoc cref="TryOpen(string)"/>
    public static SafeFileHandle? TryOpen(string path, out FileStatus opened)
    {
        opened = default;
        var file = RawFile.Open(path, RawFile.ReadOnly | RawFile.NonBlocking | RawFile.NoTerminal | RawFile.NoFollow, out int errno);
        if (!file.IsInvalid)
        {
            opened = FileStatus.Of(file);
            if (opened.Type == FileType.Regular) return file;
        }
        file.Dispose();
        // What can only be opened in other ways, or not by us: a link, a socket, somebody's pipe.
        return errno != 0 && FileStatus.TryRead(path, out opened) && opened.Type == FileType.Regular
            ? throw new KernelException("open", errno, path) : null;
    }

    /// <summary>The same where a link is as good as what it leads to: in a directory of somebody's own making.</summary>
    /// <exception cref="IOException">It may not be read, or links lead in a circle.</exception>
    public static SafeFileHandle? TryOpenBehindLinks(string path) =>
        TryOpen(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);

    /// <summary>All of it; null when there is no regular file of that name.</summary>
    /// <exception cref="IOException">It may not be read, or is longer than <paramref name="maxBytes"/>.</exception>
    public static byte[]? TryRead(string path, int maxBytes)
    {
        using var file = TryOpen(path, out var status);
        if (file is null) return null;
        if (status.Size > maxBytes) throw new IOException($"more than {maxBytes} bytes: {path}");
        return Read(file, (int)status.Size);
    }

    /// <summary>Its first bytes; fewer where it became shorter meanwhile.</summary>
    /// <exception cref="IOException">It may not be read.</exception>
    public static byte[] Read(SafeFileHandle file, int length)
    {
        byte[] content = GC.AllocateUninitializedArray<byte>(length);      // no more of it is given away than was filled
        int filled = Read(file, content);
        return filled == length ? content : content[..filled];
    }

    /// <returns>How many of its first bytes there are; fewer where it is shorter.</returns>
    /// <exception cref="IOException">It may not be read.</exception>
    public static int Read(SafeFileHandle file, Span<byte> into)
    {
        int filled = 0;
        // Not by the base library, which asks the kernel twice what the file is before it reads: that is as long as the reading.
        while (filled < into.Length && Descriptor.ReadAt(file, into[filled..], filled) is > 0 and var count) filled += count;
        return filled;
    }
}
