using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Root's rights one by one: capabilities(7). Those of a user namespace reach nothing outside it.</summary>
public static unsafe class Capabilities
{
    private const int Most = 64;                            // an old kernel knows fewer, and says so
    private const nuint DropBounding = 24, Ambient = 47;    // PR_CAPBSET_DROP, PR_CAP_AMBIENT: linux/prctl.h
    private const nuint ClearAll = 4;                       // PR_CAP_AMBIENT_CLEAR_ALL
    private const uint Version3 = 0x20080522;               // _LINUX_CAPABILITY_VERSION_3, linux/capability.h

    /// <summary>The calling thread, and every program that it becomes or starts, has none from now on, and can get none.</summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void GiveUpAll()
    {
        for (nuint capability = 0; capability < Most; capability++)
        {
            if (NoNewPrivileges.Control((int)DropBounding, capability, 0, 0, 0) == 0) continue;
            int errno = Marshal.GetLastPInvokeError();
            if (errno is Errno.Invalid) break; // the first that it does not know
            throw new KernelException("prctl(PR_CAPBSET_DROP)", errno);
        }
        if (NoNewPrivileges.Control((int)Ambient, ClearAll, 0, 0, 0) != 0)
        {
            throw new KernelException("prctl(PR_CAP_AMBIENT)", Marshal.GetLastPInvokeError());
        }
        Header header = new() { Version = Version3 };
        Sets none = default;
        if (SystemCall.Invoke(SetCall, (nuint)(&header), (nuint)(&none), 0, 0, 0) != 0)
        {
            throw new KernelException("capset", Marshal.GetLastPInvokeError());
        }
    }

    private static nint SetCall => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 91 : 126; // asm/unistd.h

    /// <summary><c>struct __user_cap_header_struct</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public uint Version;
        public int Process;
    }

    /// <summary>Two of <c>struct __user_cap_data_struct</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Sets
    {
        public uint EffectiveLow, PermittedLow, InheritableLow, EffectiveHigh, PermittedHigh, InheritableHigh;
    }
}
