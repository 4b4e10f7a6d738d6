using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Processes;

/// <summary>
/// A child started with exactly the descriptors it is handed and an empty environment. Wait for it on the thread that started it.
/// </summary>
/// <remarks>
/// Not <c>Process</c>: that can neither hand over descriptors nor promise which thread is the parent, and a parent-death signal counts
/// threads.
/// </remarks>
public sealed unsafe partial class ChildProcess
{
    private readonly int _id;
    private readonly Lock _notReaped = new();
    private bool _reaped;
    private int _ended;

    private ChildProcess(int id) => _id = id;

    /// <param name="path">Absolute.</param>
    /// <param name="arguments">All of them; the first is the name it sees for itself.</param>
    /// <param name="handedOver">What is open in the child besides the standard streams, or in their place, and under which number.</param>
    /// <param name="terminal">Which becomes the terminal of a session of its own, as which of its standard streams; null: it stays in
    /// ours.</param>
    /// <exception cref="KernelException">It could not be started.</exception>
    public static ChildProcess Start(string path, ImmutableArray<string> arguments,
        ImmutableArray<(SafeFileHandle File, int Number)> handedOver,
        (SafeFileHandle File, ImmutableArray<int> Streams)? terminal = null) =>
        new(SpawnCall.Start(path, arguments, handedOver, ownSession: terminal is not null, terminal));

    /// <summary>A handle of it (<see cref="OtherProcess.Open"/>); of nobody once it was waited for.</summary>
    public SafeFileHandle Open()
    {
        lock (_notReaped) return _reaped ? new SafeFileHandle(-1, ownsHandle: true) : OtherProcess.Open(_id);
    }

    /// <summary>SIGKILL; does nothing once it was waited for, for its number may be another's by then.</summary>
    public void Kill()
    {
        lock (_notReaped)
        {
            if (!_reaped) _ = Kill(_id, KillSignal);
        }
    }

    /// <summary>Whether it has ended; then it is still to be waited for.</summary>
    public bool HasEnded
    {
        get
        {
            if (_reaped) return true;
            SignalInfo info = default; // stays so while it has not
            return WaitId(WaitForId, _id, &info, Exited | LeaveWaitable | AtOnce) != 0 || info[0] != 0;
        }
    }

    /// <summary>Waits until it ends.</summary>
    /// <returns>Its exit code, or 128 + n when signal n ended it.</returns>
    /// <exception cref="KernelException">The kernel no longer knows: SIGCHLD is ignored here.</exception>
    public int Wait()
    {
        if (_reaped) return _ended; // its number may be another's by now
        // First without reaping, so that the number stays its own until nobody can kill by it any more.
        SignalInfo info = default;
        while (WaitId(WaitForId, _id, &info, Exited | LeaveWaitable) != 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted) { }
        lock (_notReaped)
        {
            _reaped = true;
            int status;
            int got;
            do got = WaitPid(_id, out status, 0);
            while (got < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
            _ended = WaitStatus.ExitCode(status);
            return got == _id ? _ended : throw new KernelException("waitpid", Marshal.GetLastPInvokeError());
        }
    }

    private const int KillSignal = 9;
    private const int WaitForId = 1;            // P_PID, WNOWAIT: linux/wait.h
    private const int Exited = 4, AtOnce = 1;   // WEXITED, WNOHANG
    private const int LeaveWaitable = 0x01000000;

    /// <summary><c>siginfo_t</c>, 128 bytes.</summary>
    [InlineArray(16)]
    private struct SignalInfo
    {
        private ulong _first;
    }

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitId(int kind, int id, SignalInfo* info, int options);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int id, out int status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int id, int signal);
}
