using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>Waits until something can be read or written: ppoll(2).</summary>
public static unsafe class Readiness
{
    private const short Readable = 1, Writable = 4;     // POLLIN, POLLOUT

    /// <param name="read">Whose bytes are waited for; null is nobody.</param>
    /// <param name="alsoRead">Likewise.</param>
    /// <param name="write">Who may be written to; null is nobody.</param>
    /// <param name="most">Null: for ever.</param>
    /// <returns>Which of them can be, or have ended; all false when the time was over.</returns>
    public static (bool Read, bool AlsoRead, bool Write) Wait(
        SafeFileHandle? read, SafeFileHandle? alsoRead, SafeFileHandle? write, TimeSpan? most)
    {
        Entry* entries = stackalloc Entry[3];
        entries[0] = new() { File = Number(read), Wanted = Readable };
        entries[1] = new() { File = Number(alsoRead), Wanted = Readable };
        entries[2] = new() { File = Number(write), Wanted = Writable };
        long ticks = most?.Ticks ?? 0;
        Time time = new() { Seconds = ticks / TimeSpan.TicksPerSecond, Nanoseconds = ticks % TimeSpan.TicksPerSecond * 100 };
        nint got = SystemCall.Invoke(Poll, (nuint)entries, 3, most is null ? 0 : (nuint)(&time), 0, SignalSetBytes);
        return got <= 0 ? default : (entries[0].Got != 0, entries[1].Got != 0, entries[2].Got != 0);
    }

    private const nuint SignalSetBytes = 8;

    private static nint Poll => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 73 : 271;    // ppoll: asm/unistd.h

    // A negative one is passed over.
    private static int Number(SafeFileHandle? file) => file is null ? -1 : (int)file.DangerousGetHandle();

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public int File;
        public short Wanted, Got;
    }

    /// <summary><c>struct timespec</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds, Nanoseconds;
    }
}
