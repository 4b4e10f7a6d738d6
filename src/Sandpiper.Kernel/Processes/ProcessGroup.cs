using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Processes;

/// <summary>Who gets the keys and signals of a terminal together: a job of a shell's (setpgid(2), tcsetpgrp(3), kill(2)).</summary>
public static unsafe class ProcessGroup
{
    private const nuint GetForeground = 0x540f, SetForeground = 0x5410;    // TIOCGPGRP, TIOCSPGRP: asm-generic/ioctls.h

    /// <summary>The one that this process is in.</summary>
    public static int Own => Of(0)!.Value; // 0 is who asks, and has one

    /// <summary>The one that a process is in, as we number them; null: it has gone.</summary>
    public static int? Of(int process) =>
        SystemCall.Invoke(_isArm ? 155 : 121, (nuint)process, 0, 0, 0, 0) is > 0 and var group ? (int)group : null; // getpgid

    /// <summary>Which one is in the foreground of the terminal that this process was started from; null: it is none, or not ours.</summary>
    public static int? InForegroundOf(SafeFileHandle terminal)
    {
        int group;
        return TerminalCall.Ask(terminal, GetForeground, &group) == 0 ? group : null;
    }

    /// <summary>
    /// Makes this process one of its own, and puts that into the foreground of the terminal that its session has. Nothing happens where the
    /// session has none among the standard streams.
    /// </summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void TakeForeground()
    {
        for (int stream = 0; stream <= 2; stream++)
        {
            using var terminal = new SafeFileHandle(stream, ownsHandle: false);
            if (InForegroundOf(terminal) is null) continue;
            // From the background that would stop us.
            SignalDisposition.Block(SignalDisposition.TerminalOutput);
            if (SystemCall.Invoke(_isArm ? 154 : 109, 0, 0, 0, 0, 0) < 0)
                throw new KernelException("setpgid", Marshal.GetLastPInvokeError());
            int own = Own;
            if (TerminalCall.Ask(terminal, SetForeground, &own) < 0) throw new KernelException("tcsetpgrp", Marshal.GetLastPInvokeError());
            return;
        }
    }

    /// <summary>Sends a signal to all of one; does nothing when it is gone.</summary>
    public static void Signal(int group, int signal)
    {
        if (group > 1) _ = SystemCall.Invoke(Kill, unchecked((nuint)(nint)(-group)), (nuint)signal, 0, 0, 0);
    }

    /// <summary>Sends a signal to the one that this process is in, itself included.</summary>
    public static void SignalOwn(int signal) => _ = SystemCall.Invoke(Kill, 0, (nuint)signal, 0, 0, 0);

    private static nint Kill => _isArm ? 129 : 62;

    private static readonly bool _isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
