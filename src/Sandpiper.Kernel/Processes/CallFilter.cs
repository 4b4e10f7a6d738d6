using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Filters of system calls: seccomp(2).</summary>
public static unsafe class CallFilter
{
    private const nuint SetFilter = 1;      // SECCOMP_SET_MODE_FILTER, linux/seccomp.h
    private const int InstructionBytes = 8;

    /// <summary>Binds the calling thread and every program that it becomes or starts; cannot be undone.</summary>
    /// <param name="program">Classic BPF, linux/filter.h.</param>
    /// <exception cref="KernelException">The kernel does not take it.</exception>
    public static void Bind(ReadOnlySpan<byte> program)
    {
        fixed (byte* instructions = program)
        {
            Program whole = new() { Length = checked((ushort)(program.Length / InstructionBytes)), Instructions = instructions };
            if (SystemCall.Invoke(Call, SetFilter, 0, (nuint)(&whole), 0, 0) != 0)
            {
                throw new KernelException("seccomp(SECCOMP_SET_MODE_FILTER)", Marshal.GetLastPInvokeError());
            }
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
