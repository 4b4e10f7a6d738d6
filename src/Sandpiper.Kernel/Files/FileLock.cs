using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>An exclusive lock on an open file (flock(2)); gone when the file is closed, by whatever means.</summary>
public static partial class FileLock
{
    private const int Exclusive = 2, NonBlocking = 4;   // LOCK_EX, LOCK_NB: sys/file.h
    private const int WouldBlock = 11, Interrupted = 4; // EWOULDBLOCK, EINTR

    /// <summary>False when somebody else holds it.</summary>
    /// <exception cref="IOException">The file system has no locks: then nothing may be changed.</exception>
    public static bool TryTake(SafeFileHandle file)
    {
        while (true)
        {
            if (Flock(file, Exclusive | NonBlocking) == 0) return true;
            int errno = Marshal.GetLastPInvokeError();
            if (errno == WouldBlock) return false;
            if (errno != Interrupted) throw new IOException($"{Marshal.GetPInvokeErrorMessage(errno)}: locking failed", errno);
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
