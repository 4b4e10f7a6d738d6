using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Asks whether a system call can be made at all.</summary>
public static class CallProbe
{
    /// <summary>Makes it with arguments that nothing can be done with: descriptors that are none, addresses where nothing is.</summary>
    /// <param name="number">On this architecture.</param>
    /// <returns>0, or the error number.</returns>
    public static int Try(uint number)
    {
        nuint none = nuint.MaxValue;
        return SystemCall.Invoke((nint)number, none, none, none, none, none, none) >= 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Whether sockets of a family can be had: raw ones, or ones of a sequence.</summary>
    /// <param name="family">AF_*, linux/socket.h.</param>
    public static bool HasSockets(int family)
    {
        const nuint Sequence = 5, Raw = 3;      // SOCK_SEQPACKET, SOCK_RAW
        foreach (nuint kind in (nuint[])[Sequence, Raw])
        {
            nint socket = SystemCall.Invoke(_isArm ? 198 : 41, (nuint)family, kind, 0, 0, 0);
            if (socket < 0) continue;
            using var opened = new Microsoft.Win32.SafeHandles.SafeFileHandle(socket, ownsHandle: true);
            return true;
        }
        return false;
    }

    private static readonly bool _isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
