using System.Runtime.InteropServices;
using System.Text;

namespace Sandpiper.Kernel.Files;

/// <summary>Asks the kernel which file a path means and whether we may run it.</summary>
public static partial class ProgramFile
{
    private const int ExecutePermission = 1, ReadPermission = 4;    // X_OK, R_OK: unistd.h
    private const int MaxPath = 4096;           // PATH_MAX with its zero, linux/limits.h

    public static bool MayRun(string path) => Access(path, ExecutePermission) == 0;

    /// <summary>Whether we may read it; nothing is opened.</summary>
    public static bool MayRead(string path) => Access(path, ReadPermission) == 0;

    /// <summary>Whether nothing can be said of it, for a directory on the way to it is closed to us.</summary>
    public static bool IsOutOfReach(string path) => Access(path, 0) != 0 && Marshal.GetLastPInvokeError() == Errno.NoAccess;

    /// <summary>The path without any link in it; null when it leads nowhere or not to us.</summary>
    public static string? Resolve(string path)
    {
        Span<byte> resolved = stackalloc byte[MaxPath];
        if (RealPath(path, resolved) == 0) return null;
        return Encoding.UTF8.GetString(resolved[..resolved.IndexOf((byte)0)]);
    }

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, Span<byte> resolved);
}
