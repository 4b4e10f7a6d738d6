using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Processes;

/// <summary>Two ends between which whole messages go: a pair of sockets without a name (unix(7), SOCK_SEQPACKET).</summary>
public static unsafe partial class Messages
{
    /// <summary>Longer ones are cut off.</summary>
    public const int MostBytes = 8192;

    /// <summary>Both close on exec.</summary>
    /// <exception cref="KernelException">No descriptors left.</exception>
    public static (SafeFileHandle Ours, SafeFileHandle Theirs) Pair()
    {
        int* ends = stackalloc int[2];
        return MakePair(Local, WholeMessages | CloseOnExec, 0, ends) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw new KernelException("socketpair", Marshal.GetLastPInvokeError());
    }

    /// <returns>False when nobody is there to get it.</returns>
    public static bool TrySend(SafeFileHandle end, ReadOnlySpan<byte> message)
    {
        if (message.Length > MostBytes) message = message[..MostBytes];
        while (true)
        {
            nint sent;
            fixed (byte* start = message) sent = Send(end, start, (nuint)message.Length, NoSignal);
            if (sent >= 0) return true;
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted) return false;
        }
    }

    /// <summary>Waits for one.</summary>
    /// <returns>Null when all who could send one have closed their end.</returns>
    public static byte[]? Receive(SafeFileHandle end)
    {
        byte[] message = new byte[MostBytes];
        return Files.Descriptor.Read(end, message) is > 0 and var length ? message[..length] : null;
    }

    private const int Local = 1, WholeMessages = 5, CloseOnExec = 0x80000;     // AF_UNIX, SOCK_SEQPACKET, SOCK_CLOEXEC
    private const int NoSignal = 0x4000;                                        // MSG_NOSIGNAL

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int MakePair(int family, int kind, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeFileHandle end, byte* from, nuint count, int flags);
}
