using System.Globalization;

namespace Sandpiper.Kernel.Users;

/// <summary>The user namespace of this process (user_namespaces(7)).</summary>
public static class UserNamespace
{
    /// <summary>It is the system's own: every uid means in it what it means everywhere, and 0 is root.</summary>
    /// <exception cref="IOException"><c>/proc</c> cannot be read.</exception>
    public static bool IsInitial =>
        File.ReadAllText("/proc/self/uid_map").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", var count]
        && uint.Parse(count, CultureInfo.InvariantCulture) == uint.MaxValue;
}
