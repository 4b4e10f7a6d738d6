using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>A lock on an open file (flock(2)); gone when the file is closed, by whatever means.</summary>
public static partial class FileLock
{
    private const int Shared = 1, Exclusive = 2, NonBlocking = 4;   // LOCK_SH, LOCK_EX, LOCK_NB: sys/file.h

    /// <summary>For one alone; false when somebody else holds it.</summary>
    /// <exception cref="KernelException">The file system has no locks: then nothing may be changed.</exception>
    public static bool TryTake(SafeFileHandle file, string path) => TryLock(file, Exclusive, path);

    /// <summary>For any number that share it; false when somebody holds it alone.</summary>
    /// <inheritdoc cref="TryTake" path="/exception"/>
    public static bool TryShare(SafeFileHandle file, string path) => TryLock(file, Shared, path);

    private static bool TryLock(SafeFileHandle file, int how, string path)
    {
        while (true)
        {
            if (Flock(file, how | NonBlocking) == 0) return true;
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.WouldBlock) return false;
            if (errno != Errno.Interrupted) throw new KernelException("flock", errno, path);
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
