using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Processes;

/// <summary>Filters of system calls: seccomp(2).</summary>
public static unsafe class CallFilter
{
    private const nuint SetFilter = 1;      // SECCOMP_SET_MODE_FILTER, linux/seccomp.h
    private const nuint NewListener = 8;    // SECCOMP_FILTER_FLAG_NEW_LISTENER: Linux 5.0
    private const int InstructionBytes = 8;

    /// <summary>Binds the calling thread and every program that it becomes or starts; cannot be undone.</summary>
    /// <param name="program">Classic BPF, linux/filter.h.</param>
    /// <returns>Where calls are told that it leaves to somebody else (<see cref="CallListener"/>); they wait for the answer.</returns>
    /// <exception cref="KernelException">The kernel does not take it.</exception>
    public static SafeFileHandle Bind(ReadOnlySpan<byte> program)
    {
        fixed (byte* instructions = program)
        {
            Program whole = new() { Length = checked((ushort)(program.Length / InstructionBytes)), Instructions = instructions };
            nint listener = SystemCall.Invoke(Call, SetFilter, NewListener, (nuint)(&whole), 0, 0);
            if (listener < 0) throw new KernelException("seccomp(SECCOMP_SET_MODE_FILTER)", Marshal.GetLastPInvokeError());
            return new SafeFileHandle(listener, ownsHandle: true);
        }
    }

    private static nint Call => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317; // asm/unistd.h

    /// <summary><c>struct sock_fprog</c>, linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public byte* Instructions;
    }
}
