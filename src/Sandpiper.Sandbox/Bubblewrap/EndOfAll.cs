using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>That nobody is left in a sandbox who has its filter: told once by whoever supervises it, to who waits for it.</summary>
internal sealed class EndOfAll : IDisposable
{
    private readonly SafeFileHandle _waiting, _telling;

    /// <exception cref="Kernel.KernelException">No descriptors left.</exception>
    public EndOfAll() => (_waiting, _telling) = Pipe.Blocking();

    /// <summary>It is so.</summary>
    public void Tell() => _telling.Dispose();

    /// <summary>Waits for it, or for the end of a process that was opened.</summary>
    /// <returns>Whether it was told.</returns>
    public bool IsToldBeforeEndOf(SafeFileHandle process)
    {
        while (true)
        {
            var (isTold, hasEnded, _) = Readiness.Wait(_waiting, process, null, most: null);
            if (isTold || hasEnded) return isTold;  // or a signal came to us
        }
    }

    /// <summary>Waits for it.</summary>
    /// <returns>False when the time was over.</returns>
    public bool IsTold(TimeSpan most) => Readiness.HasHungUp(_waiting, most);

    /// <summary>Nobody waits any more.</summary>
    public void Dispose()
    {
        _waiting.Dispose();
        _telling.Dispose();
    }
}
