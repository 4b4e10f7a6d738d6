using Sandpiper.Kernel;

namespace Sandpiper.Sandbox.Privileges;

/// <summary>Whom root becomes.</summary>
internal readonly record struct OrdinaryUser(uint UserId, uint GroupId)
{
    private const string Name = "sandpiper";

    /// <summary>
    /// For machines that were never set up: in the range that no convention uses (systemd, "Users, Groups, UIDs and GIDs": 60578-61183).
    /// </summary>
    private const uint Unused = 60999;

    /// <exception cref="KernelException">The user <c>sandpiper</c> is root.</exception>
    public static OrdinaryUser OfThisMachine()
    {
        // The file, not getpwnam: that would load whatever modules the system looks its users up with into a process of root.
        OrdinaryUser user = In(File.ReadLines("/etc/passwd")) ?? new OrdinaryUser(Unused, Unused);
        return user is { UserId: not 0, GroupId: not 0 }
            ? user : throw new KernelException($"becoming `{Name}`, who is root", Errno.NotPermitted);
    }

    internal static OrdinaryUser? In(IEnumerable<string> passwordFile)
    {
        foreach (string line in passwordFile)
        {
            if (line.Split(':') is [Name, _, var user, var group, ..] && uint.TryParse(user, out uint userId)
                && uint.TryParse(group, out uint groupId))
            {
                return new OrdinaryUser(userId, groupId);
            }
        }
        return null;
    }
}
