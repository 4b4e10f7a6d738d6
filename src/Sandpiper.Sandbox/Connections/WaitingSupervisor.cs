using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Sandbox.Connections;

/// <summary>
/// A thread that waits until there is something to supervise: a program that is ready waits for its supervisor, and for no thread to be
/// made.
/// </summary>
internal sealed class WaitingSupervisor : IDisposable
{
    private readonly SemaphoreSlim _told = new(0);
    private SafeFileHandle? _calls;

    /// <param name="supervise">What is done then (<see cref="ConnectionSupervisor.Supervise"/>).</param>
    public WaitingSupervisor(Action<SafeFileHandle> supervise) => new Thread(() =>
    {
        _told.Wait();
        if (_calls is not null) supervise(_calls);
    }, ConnectionSupervisor.StackBytes) { IsBackground = true }.Start();

    /// <summary>Once.</summary>
    /// <param name="calls">Where they are told.</param>
    public void Begin(SafeFileHandle calls)
    {
        _calls = calls;
        _told.Release();
    }

    /// <summary>Nothing is begun any more; what was goes on.</summary>
    public void Dispose() => _told.Release();
}
