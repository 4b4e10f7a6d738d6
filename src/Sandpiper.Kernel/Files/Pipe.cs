using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>What a child reports about itself, read once it is dead.</summary>
public sealed partial class Pipe : IDisposable
{
    private const int MostBytes = 64 * 1024; // what a pipe holds

    private readonly SafeFileHandle _reader;

    /// <exception cref="KernelException">No descriptors left.</exception>
    public unsafe Pipe()
    {
        int* ends = stackalloc int[2];
        // Not blocking: a descendant that somehow kept the other end must not make us wait for it.
        if (Pipe2(ends, CloseOnExec | NonBlocking) != 0) throw new KernelException("pipe2", Marshal.GetLastPInvokeError());
        _reader = new SafeFileHandle(ends[0], ownsHandle: true);
        Writer = new SafeFileHandle(ends[1], ownsHandle: true);
    }

    public SafeFileHandle Writer { get; }

    /// <summary>An ordinary pipe; both ends close on exec.</summary>
    /// <exception cref="KernelException">No descriptors left.</exception>
    public static unsafe (SafeFileHandle Reader, SafeFileHandle Writer) Blocking()
    {
        int* ends = stackalloc int[2];
        return Pipe2(ends, CloseOnExec) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw new KernelException("pipe2", Marshal.GetLastPInvokeError());
    }

    /// <summary>What lies in it now.</summary>
    public byte[] ReadAvailable()
    {
        byte[] buffer = new byte[MostBytes];
        int length = 0;
        while (length < buffer.Length && Descriptor.Read(_reader, buffer.AsSpan(length)) is > 0 and var got) length += got;
        return buffer[..length];
    }

    public void Dispose()
    {
        _reader.Dispose();
        Writer.Dispose();
    }

    private const int CloseOnExec = 0x80000;   // O_CLOEXEC, O_NONBLOCK: asm-generic/fcntl.h
    private const int NonBlocking = 0x800;

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe2(int* ends, int flags);
}
