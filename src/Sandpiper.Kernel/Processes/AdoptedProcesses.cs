using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Processes;

/// <summary>
/// Processes whose parent, started by us, has ended: they become ours, not the machine's (prctl(2), PR_SET_CHILD_SUBREAPER).
/// </summary>
public static class AdoptedProcesses
{
    private const int SetSubreaper = 36; // PR_SET_CHILD_SUBREAPER, linux/prctl.h
    private const int Kill = 9;

    /// <summary>From now on. Binds this process, and nothing that it starts.</summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void BecomeOurs()
    {
        if (NoNewPrivileges.Control(SetSubreaper, 1, 0, 0, 0) != 0)
            throw new KernelException("prctl(PR_SET_CHILD_SUBREAPER)", Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// Kills each of them that is the first process of a PID namespace, and so all that is in it. We start none that is: whoever made it is
    /// dead.
    /// </summary>
    public static void KillFirstOfNamespaces()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int id)) continue;
            // Opened first: whoever has the number by the time it is killed is the one that was looked at.
            using SafeFileHandle process = OtherProcess.Open(id);
            if (!process.IsInvalid && IsFirstOfOurs(directory)) OtherProcess.Signal(process, Kill);
        }
    }

    // proc_pid_status(5): NSpid has its number in each namespace from ours inwards.
    private static bool IsFirstOfOurs(string directory)
    {
        bool isOurs = false, isFirst = false;
        try
        {
            foreach (string line in File.ReadLines($"{directory}/status"))
            {
                string[] words = line.Split('\t');
                if (words is ["PPid:", var parent])
                    isOurs = string.Equals(parent, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
                else if (words is ["NSpid:", _, .., "1"]) isFirst = true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it is gone
        }
        return isOurs && isFirst;
    }
}
