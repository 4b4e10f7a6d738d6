using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Files;

/// <summary>struct timespec of a 64-bit system.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TimeSpec(nint Seconds, nint Nanoseconds)
{
    private const nint Omitted = 0x3ffffffe;                // UTIME_OMIT, linux/stat.h

    /// <summary>The kernel leaves this one of two times alone.</summary>
    public static TimeSpec LeftAsItIs => new(0, Omitted);

    public static TimeSpec Of(UnixTime time) => new((nint)time.Seconds, (nint)time.Nanoseconds);
}
