using System.Runtime.InteropServices;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Users;

namespace Sandpiper.Sandbox.Privileges;

/// <summary>Started as root, Sandpiper becomes an ordinary user for good before it touches the network, an archive or the sandbox.</summary>
public static partial class RootPrivileges
{
    /// <summary>True when the real or the effective uid is 0.</summary>
    public static bool Held => UserIds.Real == 0 || UserIds.Effective == 0;

    /// <summary>
    /// Creates <paramref name="ownedDirectories"/> where absent and gives them to the ordinary uid, then drops groups, gid, uid,
    /// capabilities for the whole process and sets no_new_privs; verifies each.
    /// </summary>
    /// <returns>The uid we are now.</returns>
    /// <exception cref="KernelException">A step failed: the caller must stop.</exception>
    public static uint GiveUp(IReadOnlyList<string> ownedDirectories)
    {
        OrdinaryUser user = OrdinaryUser.OfThisMachine();
        foreach (string directory in ownedDirectories) OwnedDirectory.Give(directory, user);

        // Through libc, which repeats each on every thread: the kernel's calls change the calling thread alone (nptl(7)).
        Check("setgroups", SetGroups(0, 0));
        Check("setresgid", SetGroupIds(user.GroupId, user.GroupId, user.GroupId));
        Check("setresuid", SetUserIds(user.UserId, user.UserId, user.UserId)); // leaving uid 0 takes all capabilities along (capabilities(7))
        // Binds this thread and what it starts, threads and programs alike.
        Check("prctl(PR_SET_NO_NEW_PRIVS)", Control(SetNoNewPrivileges, 1, 0, 0, 0));
        if (Control(GetNoNewPrivileges, 0, 0, 0, 0) != 1) throw new KernelException("prctl(PR_GET_NO_NEW_PRIVS)", Errno.NotPermitted);
        ThreadCredentials.MustBe(user);
        return user.UserId;
    }

    private static void Check(string call, int result)
    {
        if (result != 0) throw new KernelException(call, Marshal.GetLastPInvokeError());
    }

    private const int SetNoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS: linux/prctl.h
    private const int GetNoNewPrivileges = 39;

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nuint count, nint groups);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    private static partial int SetGroupIds(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    private static partial int SetUserIds(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);
}
