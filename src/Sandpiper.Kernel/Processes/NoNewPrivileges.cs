using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>From then on no exec can gain rights (prctl(2), PR_SET_NO_NEW_PRIVS).</summary>
public static partial class NoNewPrivileges
{
    private const int Set = 38, Get = 39; // PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS: linux/prctl.h

    /// <summary>Binds the calling thread and what it starts, threads and programs alike; cannot be undone.</summary>
    /// <exception cref="KernelException">The kernel does not, or does not say that it does.</exception>
    public static void Bind()
    {
        if (Control(Set, 1, 0, 0, 0) != 0) throw new KernelException("prctl(PR_SET_NO_NEW_PRIVS)", Marshal.GetLastPInvokeError());
        if (Control(Get, 0, 0, 0, 0) != 1) throw new KernelException("prctl(PR_GET_NO_NEW_PRIVS)", Errno.NotPermitted);
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int Control(int option, nuint second, nuint third, nuint fourth, nuint fifth);
}
