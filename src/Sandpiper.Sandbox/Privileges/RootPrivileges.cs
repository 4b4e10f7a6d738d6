namespace Sandpiper.Sandbox.Privileges;

/// <summary>Started as root, Sandpiper becomes an ordinary user for good before it touches the network, an archive or the sandbox.</summary>
public static class RootPrivileges
{
    /// <summary>True when the effective uid is 0.</summary>
    public static bool Held => throw new NotImplementedException();

    /// <summary>
    /// Creates <paramref name="ownedDirectories"/> where absent and gives them to the ordinary uid, then drops groups, gid, uid,
    /// capabilities for the whole process and sets no_new_privs; verifies each.
    /// </summary>
    /// <returns>The uid we are now.</returns>
    /// <exception cref="SandboxException">A step failed: the caller must stop.</exception>
    public static uint GiveUp(IReadOnlyList<string> ownedDirectories) => throw new NotImplementedException();
}
