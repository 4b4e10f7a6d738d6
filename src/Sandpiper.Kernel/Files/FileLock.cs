using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>An exclusive lock on an open file (flock(2)); gone when the file is closed, by whatever means.</summary>
public static partial class FileLock
{
    private const int Exclusive = 2, NonBlocking = 4;   // LOCK_EX, LOCK_NB: sys/file.h

    /// <summary>False when somebody else holds it.</summary>
    /// <exception cref="KernelException">The file system has no locks: then nothing may be changed.</exception>
    public static bool TryTake(SafeFileHandle file, string path)
    {
        while (true)
        {
            if (Flock(file, Exclusive | NonBlocking) == 0) return true;
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.WouldBlock) return false;
            if (errno != Errno.Interrupted) throw new KernelException("flock", errno, path);
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
