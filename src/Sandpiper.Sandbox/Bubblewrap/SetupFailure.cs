using System.Text;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>Why bubblewrap did not come up, found out by trying the simplest sandbox there is.</summary>
internal static class SetupFailure
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int MostBytes = 4096;

    public static SandboxUnavailableException Explain(string bubblewrap)
    {
        ProgramOutput probe = PlainProgram.Run(
            bubblewrap,
            ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "/usr/bin/true"],
            new Dictionary<string, string>(StringComparer.Ordinal), Patience, MostBytes);
        return probe.ExitCode == 0 && !probe.TimedOut
            ? new SandboxUnavailableException("bubblewrap works here, but not with what this program was to be shown; its own message is above", null)
            : Classify(Encoding.UTF8.GetString(probe.StandardError).Trim());
    }

    /// <param name="message">What bubblewrap wrote.</param>
    internal static SandboxUnavailableException Classify(string message)
    {
        // bubblewrap 0.8 to 0.11, bubblewrap.c and network.c.
        if (message.Contains("setting up uid map: Permission denied", StringComparison.Ordinal) || message.Contains("RTM_NEWADDR", StringComparison.Ordinal))
        {
            return new SandboxUnavailableException(
                $"AppArmor lets no ordinary program use a user namespace ({message})",
                "allow it to bubblewrap alone: a profile for /usr/bin/bwrap with `userns,` in /etc/apparmor.d/bwrap, then sudo systemctl reload apparmor");
        }
        if (message.Contains("max_*_namespaces", StringComparison.Ordinal))
        {
            return new SandboxUnavailableException($"the number of namespaces is limited here ({message})", "sudo sysctl user.max_user_namespaces=10000");
        }
        if (message.Contains("No permissions to creat", StringComparison.Ordinal) || message.Contains("Creating new namespace failed", StringComparison.Ordinal))
        {
            return new SandboxUnavailableException(
                $"this kernel or container allows no new namespaces ({message})",
                "in a container: start it with --security-opt seccomp=unconfined, or one that allows unshare and mount");
        }
        if (message.Contains("Failed to make / slave", StringComparison.Ordinal))
        {
            return new SandboxUnavailableException($"this container allows no mounts ({message})", "in a container: start it with --security-opt apparmor=unconfined");
        }
        return new SandboxUnavailableException(message.Length > 0 ? message : "bubblewrap failed without a word", null);
    }
}
