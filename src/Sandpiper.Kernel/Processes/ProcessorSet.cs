using System.Numerics;
using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>On which processors a thread, and every program that it starts, may run: sched_setaffinity(2).</summary>
public static unsafe class ProcessorSet
{
    private const int Words = 128;              // 8,192 processors, as many as a kernel can be built for
    private const nuint CallingThread = 0;

    /// <summary>How many the calling thread may run on.</summary>
    /// <exception cref="KernelException">The kernel does not say.</exception>
    public static int Available
    {
        get
        {
            Span<ulong> mask = stackalloc ulong[Words];
            Ask(mask);
            return Count(mask);
        }
    }

    /// <summary>
    /// Leaves the calling thread <paramref name="most"/> of those that it may run on; does nothing where there are no more. Who starts many
    /// programs so should not have all of them on the same ones: <paramref name="first"/> turns the choice.
    /// </summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void Limit(int most, int first)
    {
        Span<ulong> mask = stackalloc ulong[Words];
        Ask(mask);
        int there = Count(mask);
        if (most >= there) return;
        int skipped = (int)((uint)first % (uint)there), number = 0;
        for (int processor = 0; processor < Words * 64; processor++)
        {
            ulong bit = 1ul << (processor % 64);
            if ((mask[processor / 64] & bit) == 0) continue;
            if ((number++ - skipped + there) % there >= most) mask[processor / 64] &= ~bit;
        }
        fixed (ulong* start = mask)
        {
            if (SystemCall.Invoke(SetCall, CallingThread, Words * sizeof(ulong), (nuint)start, 0, 0) < 0)
                throw new KernelException("sched_setaffinity", Marshal.GetLastPInvokeError());
        }
    }

    private static void Ask(Span<ulong> mask)
    {
        fixed (ulong* start = mask)
        {
            if (SystemCall.Invoke(GetCall, CallingThread, Words * sizeof(ulong), (nuint)start, 0, 0) < 0)
                throw new KernelException("sched_getaffinity", Marshal.GetLastPInvokeError());
        }
    }

    private static int Count(ReadOnlySpan<ulong> mask)
    {
        int count = 0;
        foreach (ulong word in mask) count += BitOperations.PopCount(word);
        return count;
    }

    private static readonly bool _isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    // asm/unistd.h
    private static nint SetCall => _isArm ? 122 : 203;

    private static nint GetCall => _isArm ? 123 : 204;
}
