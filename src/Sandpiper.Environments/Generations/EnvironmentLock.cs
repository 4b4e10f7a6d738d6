using Microsoft.Win32.SafeHandles;
using Sandpiper.Environments.Kernel;

namespace Sandpiper.Environments.Generations;

/// <summary>Held while an environment is changed; the kernel lets go of it however its holder ends.</summary>
public sealed class EnvironmentLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly SafeFileHandle _file;

    private EnvironmentLock(SafeFileHandle file) => _file = file;

    public void Dispose() => _file.Dispose();

    internal static EnvironmentLock Take(string path, Action waiting, CancellationToken cancel)
    {
        // Not File.OpenHandle: it takes a shared lock of its own, and throws while somebody else holds the exclusive one.
        SafeFileHandle file = RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.Create) ?? throw new IOException($"{path} cannot be opened");
        bool told = false;
        while (!FileLock.TryTake(file))
        {
            if (!told) waiting();
            told = true;
            if (!cancel.WaitHandle.WaitOne(Pause)) continue;
            file.Dispose();
            cancel.ThrowIfCancellationRequested();
        }
        return new EnvironmentLock(file);
    }
}
