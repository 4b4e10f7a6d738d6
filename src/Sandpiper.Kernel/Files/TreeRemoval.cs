using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>Removes what somebody else made, with names that are no text and directories that are closed; through no link.</summary>
public static unsafe partial class TreeRemoval
{
    private const int OfDirectory = 0x200;      // AT_REMOVEDIR, linux/fcntl.h
    private const int IsDirectory = 21;         // EISDIR
    private const uint OwnersAll = 0x1c0;       // 0700
    private const int MostLevels = 512;         // each is an open descriptor

    /// <returns>0, or why part of it is still there.</returns>
    public static int Remove(SafeFileHandle directory, ReadOnlySpan<byte> name) => Remove(directory, name, 0);

    private static int Remove(SafeFileHandle directory, ReadOnlySpan<byte> name, int level)
    {
        byte[] ended = [.. name, 0];
        int errno = Unlink(directory, ended, 0);
        if (errno is not (IsDirectory or Errno.NotPermitted)) return errno is Errno.NoSuchFile ? 0 : errno;
        if (level > MostLevels) return Errno.TooManyLinks;
        // Made readable before it is opened; of a link in its place meanwhile that would be what it leads to, so it is looked at first.
        using SafeFileHandle place = PlaceBelow.Open(directory, name);
        if (place.IsInvalid || FileFacts.KindOf(place) is not FileType.Directory) return errno;
        _ = ChangeMode($"/proc/self/fd/{place.DangerousGetHandle()}", OwnersAll);
        using (SafeFileHandle within = PlaceBelow.OpenDirectory(directory, name))
        {
            if (within.IsInvalid) return Errno.NoAccess;
            foreach (DirectoryEntry entry in DirectoryEntries.Of(within))
            {
                int failed = Remove(within, entry.Name, level + 1);
                if (failed != 0) return failed;
            }
        }
        return Unlink(directory, ended, OfDirectory);
    }

    private static int Unlink(SafeFileHandle directory, byte[] ended, int flags)
    {
        fixed (byte* start = ended) return Unlink(directory, start, flags) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int Unlink(SafeFileHandle directory, byte* name, int flags);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);
}
