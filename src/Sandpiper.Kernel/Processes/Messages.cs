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

    /// <param name="end">Ours.</param>
    /// <param name="message">What is said.</param>
    /// <param name="attached">Handed over with it (SCM_RIGHTS), or null.</param>
    /// <returns>False when nobody is there to get it.</returns>
    public static bool TrySend(SafeFileHandle end, ReadOnlySpan<byte> message, SafeFileHandle? attached = null)
    {
        if (message.Length > MostBytes) message = message[..MostBytes];
        fixed (byte* start = message)
        {
            Attachment control = new() { Length = (nuint)AttachmentBytes, Level = OfSockets, Kind = Rights };
            if (attached is not null) control.Descriptor = (int)attached.DangerousGetHandle();
            Piece piece = new() { Start = start, Length = (nuint)message.Length };
            Header header = new() { Pieces = &piece, PieceCount = 1 };
            if (attached is not null)
            {
                header.Control = &control;
                header.ControlBytes = (nuint)sizeof(Attachment);
            }
            while (true)
            {
                if (Send(end, &header, NoSignal) >= 0) return true;
                if (Marshal.GetLastPInvokeError() != Errno.Interrupted) return false;
            }
        }
    }

    /// <summary>Whoever waits for a message gets none any more: shutdown(2).</summary>
    public static void End(SafeFileHandle end) => _ = ShutDown(end, ReadingAndWriting);

    /// <summary>From now on each message that comes to this end says who sent it.</summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void AskForSenders(SafeFileHandle end)
    {
        int yes = 1;
        if (SetOption(end, OfSockets, PassCredentials, &yes, sizeof(int)) != 0)
            throw new KernelException("setsockopt(SO_PASSCRED)", Marshal.GetLastPInvokeError());
    }

    /// <summary>Waits for one.</summary>
    /// <param name="end">Ours.</param>
    /// <param name="attached">What was handed over with it, closed on exec; null when nothing was.</param>
    /// <param name="sender">Its process id as we number them, by the kernel's word; 0 where that was not asked for.</param>
    /// <returns>Null when all who could send one have closed their end.</returns>
    public static byte[]? Receive(SafeFileHandle end, out SafeFileHandle? attached, out int sender)
    {
        (attached, sender) = (null, 0);
        byte[] message = new byte[MostBytes];
        Span<byte> control = stackalloc byte[ControlBytes];
        fixed (byte* start = message, controls = control)
        {
            Piece piece = new() { Start = start, Length = (nuint)message.Length };
            Header header = new() { Pieces = &piece, PieceCount = 1, Control = controls, ControlBytes = ControlBytes };
            nint length;
            // Of one who has closed his end and left something unread the kernel says so once, before what he has said himself.
            do length = Receive(end, &header, CloseReceived);
            while (length < 0 && Marshal.GetLastPInvokeError() is Errno.Interrupted or Errno.ConnectionReset);
            if (length <= 0) return null;
            ReadOnlySpan<byte> left = control[..(int)Math.Min(header.ControlBytes, ControlBytes)];
            while (left.Length >= AttachmentBytes)
            {
                // One `struct cmsghdr` after the other, each padded to eight bytes.
                Attachment one = MemoryMarshal.Read<Attachment>(left.Length >= sizeof(Attachment) ? left : [.. left, 0, 0, 0, 0]);
                if (one is { Level: OfSockets, Kind: Rights }) attached = new SafeFileHandle(one.Descriptor, ownsHandle: true);
                if (one is { Level: OfSockets, Kind: Credentials }) sender = one.Descriptor; // `struct ucred` begins with the process
                int whole = (int)Math.Min(one.Length + 7, int.MaxValue) & ~7;
                left = whole >= AttachmentBytes && whole < left.Length ? left[whole..] : [];
            }
            return message[..(int)length];
        }
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Piece
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public void* Name;
        public uint NameBytes;
        public Piece* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlBytes;
        public int Flags;
    }

    /// <summary><c>struct cmsghdr</c> with one descriptor, padded.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attachment
    {
        public nuint Length;
        public int Level, Kind, Descriptor, Padding;
    }

    private const int AttachmentBytes = 20;                     // CMSG_LEN(sizeof(int))
    private const int OfSockets = 1, Rights = 1, Credentials = 2;       // SOL_SOCKET, SCM_RIGHTS, SCM_CREDENTIALS
    private const int PassCredentials = 16;                     // SO_PASSCRED, asm-generic/socket.h
    private const int ControlBytes = 64;                        // one of each, padded
    private const int CloseReceived = 0x40000000;               // MSG_CMSG_CLOEXEC

    private const int Local = 1, WholeMessages = 5, CloseOnExec = 0x80000;     // AF_UNIX, SOCK_SEQPACKET, SOCK_CLOEXEC
    private const int NoSignal = 0x4000;                                        // MSG_NOSIGNAL
    private const int ReadingAndWriting = 2;                                    // SHUT_RDWR

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int ShutDown(SafeFileHandle end, int how);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int MakePair(int family, int kind, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeFileHandle end, int level, int option, void* value, uint bytes);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint Send(SafeFileHandle end, Header* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint Receive(SafeFileHandle end, Header* message, int flags);
}
