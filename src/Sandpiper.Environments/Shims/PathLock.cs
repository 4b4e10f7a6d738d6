using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Shims;

/// <summary>
/// Held by who changes what is on PATH: environments that change at the same time must not both take one name. For an instant, or for a
/// switch that is made only where the names are free, so nobody is told; taken last, after the lock of an environment.
/// </summary>
public static class PathLock
{
    /// <exception cref="IOException">It cannot be had.</exception>
    public static SafeFileHandle Hold(DataPlaces places)
    {
        while (true)
        {
            // Null: it was taken away since, by who gave the data root up.
            if (LockFile.TryHold(places.ShimsLock, RawFile.NoFollow, FileLock.TryTake, () => { }, CancellationToken.None) is { } file)
                return file;
        }
    }
}
