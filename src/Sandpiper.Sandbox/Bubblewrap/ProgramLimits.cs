using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>How much of the machine one confined program may take. All the figures are here.</summary>
/// <remarks>
/// Far above what a program needs, far below what brings a machine down. Memory is not limited: a limit of the address space breaks
/// programs that reserve much and use little, and any other needs a control group.
/// </remarks>
internal static class ProgramLimits
{
    // RLIMIT_*, asm-generic/resource.h.
    private static readonly ImmutableArray<(int Resource, ulong Most)> OfProcesses =
    [
        (1, 256UL << 30),   // bytes of one file (RLIMIT_FSIZE)
        (4, 0),             // of a core dump: the memory of a program, written where a helper of the host's may run (RLIMIT_CORE)
        (ResourceLimit.Processes, 4096),    // counted in the sandbox alone since Linux 5.14
        (7, 65_536),        // open files of one process (RLIMIT_NOFILE)
    ];

    // What is counted for the user outside, too: whoever takes the last leaves him none. user_namespaces(7), /proc/sys/user.
    private static readonly ImmutableArray<(string Setting, string Most)> OfNamespaces =
    [
        ("/proc/sys/user/max_user_namespaces", "0"),        // every right that was given up could be had again in one
        ("/proc/sys/user/max_inotify_instances", "64"),     // of 128 that a user has by default
    ];

    /// <summary>Needs CAP_SYS_RESOURCE over the sandbox's namespaces.</summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void Bind()
    {
        foreach (var (setting, most) in OfNamespaces)
        {
            using SafeFileHandle file = RawFile.Open(setting, RawFile.WriteOnly, out int errno);
            if (file.IsInvalid || !Descriptor.TryWrite(file, Encoding.ASCII.GetBytes(most)))
            {
                throw new KernelException($"write({setting})", errno);
            }
        }
        foreach (var (resource, most) in OfProcesses) ResourceLimit.Lower(resource, most);
    }
}
