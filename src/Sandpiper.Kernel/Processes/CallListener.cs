using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Processes;

/// <summary>One system call of somebody else's that waits for an answer.</summary>
/// <param name="Id">Its number for the kernel.</param>
/// <param name="Thread">Who made it, as we number threads.</param>
/// <param name="Call">The call's number on this architecture.</param>
/// <param name="Arguments">What it was given; the first three.</param>
public readonly record struct CallNotice(ulong Id, int Thread, int Call, (ulong First, ulong Second, ulong Third) Arguments);

/// <summary>Calls that a filter leaves to us: seccomp_unotify(2). Several threads may wait on one.</summary>
public sealed unsafe class CallListener : IDisposable
{
    private readonly SafeFileHandle _listener;

    /// <param name="listener">What <see cref="CallFilter.Bind"/> gave; closed at the end.</param>
    public CallListener(SafeFileHandle listener)
    {
        _listener = listener;
        // Whoever waits is woken where the caller just was, not on a processor that sleeps. Linux 6.6; before, it only takes longer.
        _ = SystemCall.Invoke(SystemCall.Ioctl, (nuint)listener.DangerousGetHandle(), FlagsRequest, SyncWakeUp, 0, 0);
    }

    /// <returns>False when nobody is left who could make one.</returns>
    public bool TryReceive(out CallNotice notice)
    {
        notice = default;
        while (true)
        {
            PollEntry entry = new() { File = (int)_listener.DangerousGetHandle(), Wanted = Readable };
            if (SystemCall.Invoke(Poll, (nuint)(&entry), 1, 0, 0, SignalSetBytes) < 0)
            {
                if (Marshal.GetLastPInvokeError() == Errno.Interrupted) continue;
                return false;
            }
            // The kernel tells whoever asks for a call of the dead that there is none, again and again.
            if ((entry.Got & Readable) == 0) return false;
            Notification told = default; // it insists on zeros
            if (Control(ReceiveRequest, &told) == 0)
            {
                notice = new(told.Id, checked((int)told.Thread), told.Call, (told.Arguments[0], told.Arguments[1], told.Arguments[2]));
                return true;
            }
            // Interrupted; or another thread took it, or who made it was killed.
            if (Marshal.GetLastPInvokeError() is not (Errno.Interrupted or Errno.NoSuchFile or Errno.WouldBlock)) return false;
        }
    }

    /// <summary>Whether it still waits: what was read of its process was of that one, and not of a later one of its number.</summary>
    public bool IsWaiting(CallNotice notice)
    {
        ulong id = notice.Id;
        return Control(ValidRequest, &id) == 0;
    }

    /// <summary>Lets it return 0, or fail with an error number. Nothing happens where it waits no more.</summary>
    public void Answer(CallNotice notice, int errno) => Send(new() { Id = notice.Id, Error = -errno });

    /// <summary>Lets the kernel do it, as if nobody had been asked. What we saw of its memory may be another one by then.</summary>
    public void Pass(CallNotice notice) => Send(new() { Id = notice.Id, Flags = Continue });

    private void Send(Response response)
    {
        while (Control(SendRequest, &response) != 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted) { }
    }

    public void Dispose() => _listener.Dispose();

    private nint Control(nuint request, void* argument) =>
        SystemCall.Invoke(SystemCall.Ioctl, (nuint)_listener.DangerousGetHandle(), request, (nuint)argument, 0, 0);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Wanted, Got;
    }

    /// <summary><c>struct seccomp_notif</c> with <c>struct seccomp_data</c> in it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Notification
    {
        public ulong Id;
        public uint Thread, Flags;
        public int Call;
        public uint Architecture;
        public ulong Instruction;
        public Six Arguments;
    }

    [InlineArray(6)]
    private struct Six
    {
        private ulong _first;
    }

    /// <summary><c>struct seccomp_notif_resp</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Response
    {
        public ulong Id;
        public long Value;
        public int Error;
        public uint Flags;
    }

    // SECCOMP_IOCTL_NOTIF_RECV, _SEND, _ID_VALID, _SET_FLAGS: linux/seccomp.h
    private const nuint ReceiveRequest = 0xc0502100, SendRequest = 0xc0182101, ValidRequest = 0x40082102, FlagsRequest = 0x40082104;
    private const nuint SyncWakeUp = 1;         // SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
    private const uint Continue = 1;            // SECCOMP_USER_NOTIF_FLAG_CONTINUE
    private const short Readable = 1;           // POLLIN
    private const nuint SignalSetBytes = 8;
    private static readonly bool _isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private static nint Poll => _isArm ? 73 : 271;     // ppoll: asm/unistd.h
}
