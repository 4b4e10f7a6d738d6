using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Store;

/// <summary>A directory tree that is made once, then read-only, and removed as a whole.</summary>
public static class SealedTree
{
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode ExecutableMode = DirectoryMode;

    public const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>While it is being made.</summary>
    public const UnixFileMode OpenDirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// One time for everything that is sealed: a later edit shows in a stat, and two seals of one wheel give equal trees.
    /// </summary>
    public static DateTime SealTime { get; } = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly UnixTime _sealedAt = UnixTime.Of(SealTime);

    /// <summary>Writes a file that must not be there yet, with its final time and mode.</summary>
    public static void WriteFile(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        using var file = CreateFile(path, mode);
        // Not by the base library, which asks the kernel three times what the file is.
        if (!Descriptor.WriteAll(file, content)) throw new KernelException("write", Marshal.GetLastPInvokeError(), path);
        Seal(file, mode);
        // Whoever waits for it will wait less.
        if (!content.IsEmpty) ContentOnDisk.Start(file);
    }

    /// <summary>A new file, open for writing although its mode is already the final one.</summary>
    /// <remarks>O_EXCL follows no link in the last segment; the segments before it must have been made by the caller.</remarks>
    public static SafeFileHandle CreateFile(string path, UnixFileMode mode) =>
        RawFile.TryOpen(path, RawFile.WriteOnly | RawFile.Create | RawFile.Exclusive, mode)
            ?? throw new DirectoryNotFoundException($"no directory for {path}");

    /// <summary>On the handle, not on the name; and whatever the user's umask took away.</summary>
    public static void Seal(SafeFileHandle file, UnixFileMode mode)
    {
        if (FileStatus.Of(file).Mode != mode) File.SetUnixFileMode(file, mode);
        Descriptor.SetModified(file, _sealedAt);
    }

    /// <summary>Gives every directory of the tree its final time and mode; the files have got theirs when they were written.</summary>
    public static void CloseDirectories(string directory)
    {
        foreach (string below in Directory.EnumerateDirectories(directory))
        {
            if (!IsLink(below)) CloseDirectories(below);
        }
        Directory.SetLastWriteTimeUtc(directory, SealTime);
        File.SetUnixFileMode(directory, DirectoryMode);
    }

    /// <summary>
    /// Removes the tree, read-only directories too; nothing happens when there is none. A link is removed, never followed, and the mode of
    /// a file is never touched: it may be a hard link to a file of the store.
    /// </summary>
    public static void Remove(string path)
    {
        if (IsLink(path) || !Directory.Exists(path))
        {
            File.Delete(path);
            return;
        }
        File.SetUnixFileMode(path, OpenDirectoryMode);
        foreach (string below in Directory.EnumerateFileSystemEntries(path)) Remove(below);
        Directory.Delete(path);
    }

    private static bool IsLink(string path) => SymbolicLink.Target(path) is not null;
}
