using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// A directory tree of somebody else's making, looked at while he may change it: everything is reached from one open directory by names
/// that the kernel gave, no link is followed, nothing but regular files is ever opened for reading.
/// </summary>
/// <remarks>Safe for several threads. openat2(2), Linux 5.6; getdents64(2), for names need not be UTF-8.</remarks>
public sealed class ForeignTree : IDisposable
{
    private readonly SafeFileHandle _root;

    private ForeignTree(SafeFileHandle root) => _root = root;

    /// <summary>What a name is, as it was when the directory was listed.</summary>
    /// <param name="Path">Below the root, as the kernel has it, without a zero.</param>
    /// <param name="Status">Null: gone again, or not to be looked at.</param>
    public readonly record struct Entry(ReadOnlyMemory<byte> Path, FileStatus? Status);

    /// <summary>Null when there is no such directory. Links on the way to it are followed: it is what the caller named.</summary>
    /// <exception cref="KernelException">It may not be read.</exception>
    public static ForeignTree? TryOpen(string path)
    {
        SafeFileHandle root = RawFile.Open(path, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NonBlocking, out int errno);
        if (!root.IsInvalid) return new ForeignTree(root);
        root.Dispose();
        return errno is Errno.NoSuchFile or Errno.NotDirectory ? null : throw new KernelException("open", errno, path);
    }

    /// <summary>Of the root itself.</summary>
    public FileStatus Status => FileStatus.Of(_root);

    /// <summary>What is in a directory; false when it cannot be listed, or has more than <paramref name="most"/> names.</summary>
    /// <param name="directory">Below the root; empty for itself.</param>
    public bool TryList(ReadOnlySpan<byte> directory, int most, List<Entry> entries)
    {
        using SafeFileHandle opened = Open(
            directory.IsEmpty ? "."u8 : directory, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NonBlocking, false);
        if (opened.IsInvalid) return false;
        try
        {
            foreach (DirectoryEntry entry in DirectoryEntries.Of(opened, most))
            {
                if (entries.Count == most) return false;
                byte[] path = directory.IsEmpty ? entry.Name : [.. directory, (byte)'/', .. entry.Name];
                bool isThere = FileStatus.TryRead(opened, [.. entry.Name, 0], out FileStatus status);
                entries.Add(new Entry(path, isThere ? status : null));
            }
            return true;
        }
        catch (KernelException)
        {
            return false;
        }
    }

    /// <summary>A regular file, to be read; null when it is none, is gone, may not be read or was put in the place of another.</summary>
    /// <param name="path">Below the root.</param>
    /// <param name="behindLinks">A link is followed as far as it stays below the root.</param>
    public SafeFileHandle? TryOpenFile(ReadOnlySpan<byte> path, bool behindLinks = false)
    {
        // Not waiting, for a pipe may stand there by now: it is opened, seen to be none of ours and closed again.
        SafeFileHandle file = Open(path, RawFile.ReadOnly | RawFile.NonBlocking | RawFile.NoTerminal, behindLinks);
        if (!file.IsInvalid && FileStatus.Of(file).Type == FileType.Regular) return file;
        file.Dispose();
        return null;
    }

    /// <summary>The beginning of a regular file; null as with <see cref="TryOpenFile"/>, or when it is longer than that.</summary>
    public byte[]? TryRead(string path, int mostBytes)
    {
        using SafeFileHandle? file = TryOpenFile(Encoding.UTF8.GetBytes(path));
        if (file is null) return null;
        try
        {
            long length = RandomAccess.GetLength(file);
            return length > mostBytes ? null : RegularFile.Read(file, (int)length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Of a path below the root, no link followed; false when there is nothing, or it cannot be looked at.</summary>
    public bool TryLookAt(ReadOnlySpan<byte> path, out FileStatus status)
    {
        using SafeFileHandle place = Open(path, RawFile.AsPlace | RawFile.NoFollow, false);
        status = place.IsInvalid ? default : FileStatus.Of(place);
        return !place.IsInvalid;
    }

    public void Dispose() => _root.Dispose();

    private SafeFileHandle Open(ReadOnlySpan<byte> path, int flags, bool followLinks) =>
        PlaceBelow.Open(_root, path, flags, followLinks);
}
