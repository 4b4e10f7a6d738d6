using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Generations;

/// <summary>Held while an environment is changed; the kernel lets go of it however its holder ends.</summary>
public sealed class EnvironmentLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private EnvironmentLock(SafeFileHandle file) => _file = file;

    public void Dispose() => _file.Dispose();

    /// <summary>Null when the file was taken away meanwhile, with its directory: then it is to be made and asked for anew.</summary>
    /// <param name="waiting">Called once when there is somebody to wait for.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public static EnvironmentLock? TryTake(string path, Action waiting, CancellationToken cancel) =>
        LockFile.TryHold(path, flags: 0, FileLock.TryTake, waiting, cancel) is { } file ? new EnvironmentLock(file) : null;
}
