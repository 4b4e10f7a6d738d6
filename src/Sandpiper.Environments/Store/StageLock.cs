using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Environments.Store;

/// <summary>Says "somebody works here" for as long as its holder lives: the kernel lets go of it however the holder ends.</summary>
/// <remarks>
/// flock(2) directly, because <see cref="FileStream"/>'s lock can be switched off by an environment variable, and a sweep that finds
/// every lock free would remove the stages of running commands.
/// </remarks>
internal sealed partial class StageLock : IDisposable
{
    private const int LockExclusiveNonBlocking = 2 | 4;     // LOCK_EX | LOCK_NB, sys/file.h
    private const int WouldBlock = 11;                      // EWOULDBLOCK, asm-generic/errno.h
    private const int Interrupted = 4;                      // EINTR

    private readonly SafeFileHandle _file;
    private readonly string _path;

    private StageLock(SafeFileHandle file, string path) => (_file, _path) = (file, path);

    /// <summary>Null when somebody else holds it, or has just removed it.</summary>
    /// <param name="mode"><see cref="FileMode.CreateNew"/> for one's own, <see cref="FileMode.Open"/> for another's.</param>
    public static StageLock? TryTake(string path, FileMode mode)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        // Whoever holds the lock may have removed the name between our opening and our locking: then we hold nothing that others see.
        if (TryLock(file, path) && File.Exists(path)) return new StageLock(file, path);
        file.Dispose();
        return null;
    }

    /// <summary>Removes the name while the lock is still held, so that nobody can take it in between.</summary>
    public void Dispose()
    {
        File.Delete(_path);
        _file.Dispose();
    }

    private static bool TryLock(SafeFileHandle file, string path)
    {
        while (Flock(file, LockExclusiveNonBlocking) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock) return false;
            if (error != Interrupted) throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: flock, {path}", error);
        }
        return true;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
