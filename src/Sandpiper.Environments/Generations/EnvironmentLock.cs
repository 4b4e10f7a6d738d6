using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Generations;

/// <summary>Held while an environment is changed; the kernel lets go of it however its holder ends.</summary>
public sealed class EnvironmentLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly SafeFileHandle _file;

    private EnvironmentLock(SafeFileHandle file) => _file = file;

    /// <summary>The file stays: removing it would let two commands hold locks on two files of one name.</summary>
    public void Dispose() => _file.Dispose();

    /// <param name="waiting">Called once when there is somebody to wait for.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public static EnvironmentLock Take(string path, Action waiting, CancellationToken cancel)
    {
        // Not File.OpenHandle: it takes a shared lock of its own, and throws while somebody else holds the exclusive one.
        var file = RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.Create) ?? throw new DirectoryNotFoundException($"no directory for {path}");
        bool isHeld = false;
        try
        {
            // Asked again and again: a flock(2) that blocks cannot be given up by Ctrl-C.
            for (bool hasTold = false; !(isHeld = FileLock.TryTake(file)); hasTold = true)
            {
                if (!hasTold) waiting();
                cancel.WaitHandle.WaitOne(Pause);
                cancel.ThrowIfCancellationRequested();
            }
            return new EnvironmentLock(file);
        }
        finally
        {
            if (!isHeld) file.Dispose();
        }
    }
}
