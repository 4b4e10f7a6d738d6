using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>What one process, or all of a user's, may take: getrlimit(2).</summary>
public static partial class ResourceLimit
{
    /// <summary>RLIMIT_FSIZE, asm-generic/resource.h: bytes of a file that is written.</summary>
    public const int FileBytes = 1;

    /// <summary>RLIMIT_NPROC, asm-generic/resource.h: processes and threads of the user.</summary>
    public const int Processes = 6;

    /// <summary>RLIMIT_NOFILE, asm-generic/resource.h: one more than the highest descriptor.</summary>
    public const int OpenFiles = 7;

    /// <summary>RLIMIT_AS, asm-generic/resource.h: bytes of addresses.</summary>
    public const int AddressSpace = 9;

    /// <summary>There is none.</summary>
    public const ulong None = ulong.MaxValue;

    /// <summary>The soft limit of this process.</summary>
    /// <exception cref="KernelException">The kernel does not say.</exception>
    public static ulong Of(int resource) => Get(resource, out Limit limit) == 0
        ? limit.Soft : throw new KernelException("getrlimit", Marshal.GetLastPInvokeError());

    /// <summary>Of this process and every program that it becomes or starts; a limit that is lower already stays.</summary>
    /// <param name="resource">RLIMIT_*, asm-generic/resource.h.</param>
    /// <param name="most">Soft and hard, in the unit of the resource.</param>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void Lower(int resource, ulong most)
    {
        if (Get(resource, out Limit limit) != 0) throw new KernelException("getrlimit", Marshal.GetLastPInvokeError());
        limit = new() { Soft = Math.Min(limit.Soft, most), Hard = Math.Min(limit.Hard, most) };
        if (Set(resource, limit) != 0) throw new KernelException("setrlimit", Marshal.GetLastPInvokeError());
    }

    /// <summary><c>struct rlimit</c> of a 64-bit system; without a limit it is the largest number.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft, Hard;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int Get(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int Set(int resource, in Limit limit);
}
