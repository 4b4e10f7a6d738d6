using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Decoys;

/// <summary>Counts how often a file is opened, by anybody on this machine, in a sandbox or out of it.</summary>
/// <remarks>
/// The kernel tells; nothing inside a sandbox can switch it off or see it. Looking at a file's name or size does not count.
/// </remarks>
/// <exception cref="Sandpiper.Kernel.KernelException">The kernel gives no watch.</exception>
public sealed class DecoyWatch(string path) : IDisposable
{
    private readonly OpenWatch _watch = new(path);
    private int _count;

    /// <summary>Times it was opened since the watch began.</summary>
    public int Count => _count += _watch.TakeCount();

    public void Dispose() => _watch.Dispose();
}
