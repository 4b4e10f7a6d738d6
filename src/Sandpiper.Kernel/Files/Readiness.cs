using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>Waits until something can be read or written: ppoll(2).</summary>
public static unsafe class Readiness
{
    private const short Readable = 1, Writable = 4, HungUp = 16;    // POLLIN, POLLOUT, POLLHUP

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
        Time time = Of(most ?? TimeSpan.Zero);
        nint got = SystemCall.Invoke(Poll, (nuint)entries, 3, most is null ? 0 : (nuint)(&time), 0, SignalSetBytes);
        return got <= 0 ? default : (entries[0].Got != 0, entries[1].Got != 0, entries[2].Got != 0);
    }

    /// <summary>
    /// Waits until nobody is at the other end any more; of a process, until whoever it is a child of has heard how it ended.
    /// </summary>
    /// <returns>False when the time was over.</returns>
    public static bool HasHungUp(SafeFileHandle file, TimeSpan most)
    {
        Entry entry = new() { File = Number(file) };
        Time time = Of(most);
        return SystemCall.Invoke(Poll, (nuint)(&entry), 1, (nuint)(&time), 0, SignalSetBytes) > 0 && (entry.Got & HungUp) != 0;
    }

    private static Time Of(TimeSpan span) =>
        new() { Seconds = span.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = span.Ticks % TimeSpan.TicksPerSecond * 100 };

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
