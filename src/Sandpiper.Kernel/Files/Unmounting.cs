using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Files;

/// <summary>Taking a mount away: umount2(2).</summary>
public static partial class Unmounting
{
    private const int Lazily = 2, NoFollow = 8;    // MNT_DETACH, UMOUNT_NOFOLLOW: linux/fs.h

    /// <summary>What is mounted at a path, with all below it, can be reached no more; what is open stays open.</summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void Detach(string path) => KernelException.ThrowIfFailed(Unmount(path, Lazily | NoFollow), "umount2", path);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
