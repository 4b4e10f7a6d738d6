using Sandpiper.Kernel;

namespace Sandpiper.Sandbox.Privileges;

/// <summary>What the kernel says about every thread of this process; not what a call said that it did.</summary>
internal static class ThreadCredentials
{
    /// <exception cref="KernelException">A thread kept something of root.</exception>
    public static void MustBe(OrdinaryUser user)
    {
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            string? kept;
            try
            {
                kept = Kept(File.ReadLines(thread + "/status"), user);
            }
            catch (IOException)
            {
                continue; // a thread that ended meanwhile
            }
            if (kept is not null) throw new KernelException($"giving up root (`{kept}`)", Errno.NotPermitted);
        }
    }

    /// <returns>The first line that is not as it must be, or null; proc_pid_status(5).</returns>
    internal static string? Kept(IEnumerable<string> status, OrdinaryUser user)
    {
        string userId = $"{user.UserId}";
        string groupId = $"{user.GroupId}";
        int seen = 0;
        foreach (string line in status)
        {
            bool? right = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) switch
            {
                ["Uid:", .. var ids] => ids.SequenceEqual([userId, userId, userId, userId]),
                ["Gid:", .. var ids] => ids.SequenceEqual([groupId, groupId, groupId, groupId]),
                ["Groups:", .. var ids] => ids.Length == 0,
                ["CapPrm:" or "CapEff:" or "CapAmb:", var set] => set.All(digit => digit == '0'),
                _ => null,
            };
            if (right == false) return line;
            if (right == true) seen++;
        }
        return seen == 6 ? null : "a line is missing";
    }
}
