using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// Removes a tree that somebody made who wants it to stay: names that are no text, directories without rights, a million levels, links.
/// </summary>
/// <remarks>
/// By handles, and no link is followed. Nothing is walked down: what lies in a directory is moved up beside it, so that no path grows and
/// nothing recurs. Nobody else may be able to change the tree meanwhile.
/// </remarks>
public static partial class TreeRemoval
{
    private const int IsDirectory = 21;         // EISDIR
    private const uint OwnersAll = 0x1c0;       // 0700

    /// <param name="directory">In which it lies, opened for reading.</param>
    /// <param name="name">Its name there.</param>
    /// <returns>0, or why part of it is still there.</returns>
    public static int Remove(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        int errno = NameInDirectory.Remove(directory, name);
        if (errno is not (IsDirectory or Errno.NotPermitted)) return errno is Errno.NoSuchFile ? 0 : errno;
        using (SafeFileHandle top = Opened(directory, name, out errno))
        {
            if (errno != 0) return errno;
            long moved = 0;
            while (true)
            {
                Descriptor.MoveTo(top, 0);
                var entries = DirectoryEntries.Of(top);
                if (entries.IsEmpty) break;
                foreach (DirectoryEntry entry in entries)
                {
                    errno = RemoveOne(top, entry.Name, ref moved);
                    if (errno != 0) return errno;
                }
            }
        }
        return NameInDirectory.RemoveDirectory(directory, name);
    }

    // What directories are in it lie beside it afterwards.
    private static int RemoveOne(SafeFileHandle top, byte[] name, ref long moved)
    {
        int errno = NameInDirectory.Remove(top, name);
        if (errno is not (IsDirectory or Errno.NotPermitted)) return errno;
        using (SafeFileHandle within = Opened(top, name, out errno))
        {
            if (errno != 0) return errno;
            foreach (DirectoryEntry below in DirectoryEntries.Of(within))
            {
                errno = NameInDirectory.Remove(within, below.Name);
                if (errno == 0) continue;
                // To be moved it is written: what it lies in stands in it (`..`).
                using (SafeFileHandle opened = Opened(within, below.Name, out int closed))
                {
                    if (closed != 0) return closed;
                }
                do
                {
                    byte[] free = Encoding.ASCII.GetBytes(moved++.ToString(CultureInfo.InvariantCulture));
                    errno = AtomicRename.Move(within, below.Name, top, free);
                }
                while (errno == Errno.Exists);
                if (errno != 0) return errno;
            }
        }
        return NameInDirectory.RemoveDirectory(top, name);
    }

    // Made readable before it is opened; what stands in its place meanwhile is looked at first.
    private static SafeFileHandle Opened(SafeFileHandle directory, ReadOnlySpan<byte> name, out int errno)
    {
        using (SafeFileHandle place = PlaceBelow.Open(directory, name))
        {
            errno = place.IsInvalid ? Errno.NoSuchFile : FileFacts.KindOf(place) is FileType.Directory ? 0 : Errno.NotPermitted;
            if (errno == 0) _ = ChangeMode($"/proc/self/fd/{place.DangerousGetHandle()}", OwnersAll);
        }
        SafeFileHandle opened = PlaceBelow.OpenDirectory(directory, name);
        if (errno == 0 && opened.IsInvalid) errno = Errno.NoAccess;
        return opened;
    }

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);
}
