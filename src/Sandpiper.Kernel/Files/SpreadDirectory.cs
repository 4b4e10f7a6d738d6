using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// A directory whose directories have nothing to do with each other: each is laid into a part of the disk of its own, with what is made in
/// it (<c>chattr +T</c>, "the top of hierarchies"). ext4 lays everything else beside the directory that it is made in, and gives out no
/// inode there that was freed in the last minutes: it passes them over one by one, so that where a tree of a few thousand files has just
/// been removed, by whomever, a new file or directory takes ten times as long.
/// </summary>
public static unsafe class SpreadDirectory
{
    private const nuint GetFlags = 0x80086601, SetFlags = 0x40086602;      // FS_IOC_GETFLAGS, FS_IOC_SETFLAGS: linux/fs.h
    private const long TopOfHierarchies = 0x20000;      // FS_TOPDIR_FL

    /// <summary>Makes it one; nothing happens where the file system knows no such thing, or it is not ours.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryMake(string path)
    {
        using var directory = Open(path);
        if (TryRead(directory) is not { } flags) return false;
        if ((flags & TopOfHierarchies) != 0) return true;
        flags |= TopOfHierarchies;
        return Ask(directory, SetFlags, &flags) == 0;
    }

    /// <summary>It is one.</summary>
    public static bool Is(string path)
    {
        using var directory = Open(path);
        return TryRead(directory) is { } flags && (flags & TopOfHierarchies) != 0;
    }

    private static SafeFileHandle Open(string path) =>
        RawFile.Open(path, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out _);

    private static long? TryRead(SafeFileHandle directory)
    {
        long flags = 0;     // of which the kernel writes the lower half, whatever the size in the number of the call says
        return !directory.IsInvalid && Ask(directory, GetFlags, &flags) == 0 ? flags : null;
    }

    private static nint Ask(SafeFileHandle directory, nuint request, long* flags) =>
        SystemCall.Invoke(SystemCall.Ioctl, (nuint)directory.DangerousGetHandle(), request, (nuint)flags, 0, 0);
}
