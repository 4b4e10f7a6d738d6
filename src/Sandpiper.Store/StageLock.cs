using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Store;

/// <summary>Says "somebody works here" for as long as its holder lives: the kernel lets go of it however the holder ends.</summary>
public sealed class StageLock : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _path;

    private StageLock(SafeFileHandle file, string path) => (_file, _path) = (file, path);

    /// <summary>A new one; null when a sweep took it in the moment between its making and its locking.</summary>
    public static StageLock? TryCreate(string path) => TryTake(path, RawFile.ReadWrite | RawFile.Create | RawFile.Exclusive);

    /// <summary>Another's; null when he still holds it, or has just removed it.</summary>
    public static StageLock? TryTakeAbandoned(string path) => TryTake(path, RawFile.ReadWrite);

    /// <summary>Removes the name while the lock is still held, so that nobody can take it in between.</summary>
    public void Dispose()
    {
        File.Delete(_path);
        _file.Dispose();
    }

    private static StageLock? TryTake(string path, int flags)
    {
        if (RawFile.TryOpen(path, flags) is not { } file) return null;
        // Whoever held the lock may have removed the name between our opening and our locking: then we hold nothing that others see.
        if (FileLock.TryTake(file, path) && File.Exists(path)) return new StageLock(file, path);
        file.Dispose();
        return null;
    }
}
