using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>A file by whose lock commands wait for each other; the kernel lets go of it however its holder ends.</summary>
public static class LockFile
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Opens it, made if need be, and waits for the lock.</summary>
    /// <param name="flags">Further ones for open(2).</param>
    /// <param name="tryLock"><see cref="FileLock.TryTake"/> or <see cref="FileLock.TryShare"/>.</param>
    /// <param name="make">False: where there is none, there is no lock to be had.</param>
    /// <param name="waiting">Called once when there is somebody to wait for.</param>
    /// <returns>Null when the file was taken away meanwhile, with its directory: then it is to be made and asked for anew.</returns>
    /// <exception cref="KernelException">There is no such lock to be had.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public static SafeFileHandle? TryHold(
        string path, int flags, Func<SafeFileHandle, string, bool> tryLock, Action waiting, CancellationToken cancel,
        bool make = true)
    {
        // Not File.OpenHandle: it takes a shared lock of its own, and throws while somebody else holds the exclusive one.
        if (RawFile.TryOpen(path, RawFile.ReadWrite | (make ? RawFile.Create : 0) | flags) is not { } file) return null;
        bool isHeld = false;
        try
        {
            // Asked again and again: a flock(2) that blocks cannot be given up by Ctrl-C.
            for (bool hasTold = false; !(isHeld = tryLock(file, path)); hasTold = true)
            {
                if (!hasTold) waiting();
                cancel.WaitHandle.WaitOne(Pause);
                cancel.ThrowIfCancellationRequested();
            }
            // Two commands must not hold locks on two files of one name.
            isHeld = IsNamed(file, path);
            return isHeld ? file : null;
        }
        finally
        {
            if (!isHeld) file.Dispose();
        }
    }

    /// <summary>Takes the lock of a file that is open, where nobody else holds it and its path still leads to it; else closes it.</summary>
    /// <returns>The same, held; or null.</returns>
    public static SafeFileHandle? HeldOrClosed(SafeFileHandle file, string path)
    {
        if (FileLock.TryTake(file, path) && IsNamed(file, path)) return file;
        file.Dispose();
        return null;
    }

    /// <summary>Whether a path still leads to a file that is open: a lock on one that was taken away keeps nobody out.</summary>
    public static bool IsNamed(SafeFileHandle file, string path) =>
        FileStatus.TryRead(path, out FileStatus named) && named.Identity == FileStatus.Of(file).Identity;
}
