using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>pipe2(2).</summary>
public static partial class Pipe
{
    /// <summary>An ordinary one; both ends close on exec.</summary>
    /// <exception cref="KernelException">No descriptors left.</exception>
    public static unsafe (SafeFileHandle Reader, SafeFileHandle Writer) Blocking()
    {
        int* ends = stackalloc int[2];
        return Pipe2(ends, CloseOnExec) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw new KernelException("pipe2", Marshal.GetLastPInvokeError());
    }

    private const int CloseOnExec = 0x80000;   // O_CLOEXEC: asm-generic/fcntl.h

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe2(int* ends, int flags);
}
