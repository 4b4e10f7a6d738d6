using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Store;

/// <summary>
/// Keeps what no generation names yet from being collected: <c>store.lock</c> below the data root, shared by all commands that change
/// something, held alone by the one that collects. Gone however its holder ends.
/// </summary>
/// <remarks>Taken before the lock of any environment, by everybody: so nobody waits in a circle.</remarks>
public sealed class StoreUse : IDisposable
{
    private readonly SafeFileHandle _file;

    private StoreUse(SafeFileHandle file) => _file = file;

    /// <summary>For who seals, composes or switches. Waits while somebody collects.</summary>
    /// <param name="waiting">Called once when there is somebody to wait for.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="KernelException">There is no such lock to be had.</exception>
    public static StoreUse Share(string root, Action waiting, CancellationToken cancel) => Wait(root, FileLock.TryShare, waiting, cancel);

    /// <summary>The same for what goes on in the background: where somebody has left, nothing is made, not even the lock.</summary>
    /// <returns>Null when there is no store any more.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public static StoreUse? ShareIfThere(string root, CancellationToken cancel) =>
        LockFile.TryHold(FileBelow(root), RawFile.NoFollow, FileLock.TryShare, () => { }, cancel, make: false) is { } file
            ? new StoreUse(file) : null;

    /// <summary>For who collects. Waits until nobody changes anything below this data root.</summary>
    /// <inheritdoc cref="Share"/>
    public static StoreUse Alone(string root, Action waiting, CancellationToken cancel) => Wait(root, FileLock.TryTake, waiting, cancel);

    /// <summary>The lock file itself, which goes last of all when a data root is given up.</summary>
    public static string FileBelow(string root) => Path.Combine(Path.GetFullPath(root), "store.lock");

    public void Dispose() => _file.Dispose();

    private static StoreUse Wait(string root, Func<SafeFileHandle, string, bool> tryLock, Action waiting, CancellationToken cancel)
    {
        string path = FileBelow(root);
        bool hasTold = false;
        while (true)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Null: it was taken away since, by who gave the data root up.
            if (LockFile.TryHold(path, RawFile.NoFollow, tryLock, TellOnce, cancel) is { } file) return new StoreUse(file);
        }

        void TellOnce()
        {
            if (!hasTold) waiting();
            hasTold = true;
        }
    }
}
