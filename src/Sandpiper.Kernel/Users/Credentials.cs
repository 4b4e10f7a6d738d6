using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Users;

/// <summary>
/// Whose rights this process has, changed through libc, which repeats each call on every thread: the kernel's change one (nptl(7)).
/// </summary>
public static partial class Credentials
{
    /// <summary>Becomes somebody else for good: no supplementary groups, one group, one user, real, effective and saved.</summary>
    /// <exception cref="KernelException">A step failed; what came before it has happened.</exception>
    public static void Become(uint user, uint group)
    {
        Check("setgroups", SetGroups(0, 0));
        Check("setresgid", SetGroupIds(group, group, group));
        Check("setresuid", SetUserIds(user, user, user)); // leaving uid 0 takes all capabilities along (capabilities(7))
    }

    private static void Check(string call, int result)
    {
        if (result != 0) throw new KernelException(call, Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nuint count, nint groups);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    private static partial int SetGroupIds(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    private static partial int SetUserIds(uint real, uint effective, uint saved);
}
