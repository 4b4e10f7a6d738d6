using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Files;

/// <summary>What we may do in a directory, asked of the kernel without touching it: mode bits do not know of read-only mounts.</summary>
public static partial class DirectoryRights
{
    private const int Write = 2, Search = 1;    // W_OK, X_OK: unistd.h

    /// <summary>Whether names can be made in it.</summary>
    public static bool MayWrite(string path) => Access(path, Write | Search) == 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
