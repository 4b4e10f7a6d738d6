using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Descriptors that whoever started us left open: a way into his files and sockets that no mount namespace closes.</summary>
public static class InheritedDescriptors
{
    /// <summary>From now on nothing we start gets a descriptor beyond the standard three, unless it is handed over by number.</summary>
    /// <exception cref="KernelException">Linux before 5.11 cannot.</exception>
    public static void StayWithUs()
    {
        if (SystemCall.Invoke(CloseRangeCall, FirstBeyondStandard, uint.MaxValue, CloseOnExec, 0, 0) != 0)
        {
            throw new KernelException("close_range(CLOSE_RANGE_CLOEXEC)", Marshal.GetLastPInvokeError());
        }
    }

    private const nint CloseRangeCall = 436;    // the number is that of all architectures; glibc has a wrapper only since 2.34
    private const uint FirstBeyondStandard = 3;
    private const uint CloseOnExec = 4;         // linux/close_range.h
}
