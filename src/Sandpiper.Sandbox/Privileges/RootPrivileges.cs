using Sandpiper.Kernel;
using Sandpiper.Kernel.Processes;
using Sandpiper.Kernel.Users;

namespace Sandpiper.Sandbox.Privileges;

/// <summary>
/// Started as root, Sandpiper becomes an ordinary user for good before it touches the network, an archive or the sandbox.
/// </summary>
public static class RootPrivileges
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

        Credentials.Become(user.UserId, user.GroupId);
        NoNewPrivileges.Bind();
        ThreadCredentials.MustBe(user);
        return user.UserId;
    }
}
