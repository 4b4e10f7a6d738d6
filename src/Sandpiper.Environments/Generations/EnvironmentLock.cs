using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Generations;

/// <summary>Held while an environment is changed; the kernel lets go of it however its holder ends.</summary>
public sealed class EnvironmentLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly SafeFileHandle _file;

    private EnvironmentLock(SafeFileHandle file) => _file = file;

    public void Dispose() => _file.Dispose();

    /// <summary>Null when the file was taken away meanwhile, with its directory: then it is to be made and asked for anew.</summary>
    /// <param name="waiting">Called once when there is somebody to wait for.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public static EnvironmentLock? TryTake(string path, Action waiting, CancellationToken cancel)
    {
        // Not File.OpenHandle: it takes a shared lock of its own, and throws while somebody else holds the exclusive one.
        if (RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.Create) is not { } file) return null;
        bool isHeld = false;
        try
        {
            // Asked again and again: a flock(2) that blocks cannot be given up by Ctrl-C.
            for (bool hasTold = false; !(isHeld = FileLock.TryTake(file, path)); hasTold = true)
            {
                if (!hasTold) waiting();
                cancel.WaitHandle.WaitOne(Pause);
                cancel.ThrowIfCancellationRequested();
            }
            // Two commands must not hold locks on two files of one name.
            isHeld = FileStatus.TryRead(path, out FileStatus named) && named.Identity == FileStatus.Of(file).Identity;
            return isHeld ? new EnvironmentLock(file) : null;
        }
        finally
        {
            if (!isHeld) file.Dispose();
        }
    }
}
