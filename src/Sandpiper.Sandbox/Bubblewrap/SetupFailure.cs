using System.Text;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>Why bubblewrap did not come up, found out by trying the simplest sandbox there is.</summary>
internal static class SetupFailure
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int MostBytes = 4096;

    /// <param name="said">What bubblewrap said of itself, as far as we heard it.</param>
    public static SandboxUnavailableException Explain(string bubblewrap, string said)
    {
        ProgramOutput probe = PlainProgram.Run(
            bubblewrap,
            ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", "--dev",
                "/dev", "/usr/bin/true"],
            new Dictionary<string, string>(StringComparer.Ordinal), Patience, MostBytes);
        return probe.ExitCode == 0 && !probe.TimedOut
            ? new SandboxUnavailableException(SandboxObstacle.NotWithThis, said)
            : Classify(Encoding.UTF8.GetString(probe.StandardError).Trim());
    }

    /// <param name="message">What bubblewrap wrote.</param>
    internal static SandboxUnavailableException Classify(string message)
    {
        return new SandboxUnavailableException(Obstacle(), message);

        // bubblewrap 0.8 to 0.11, bubblewrap.c and network.c.
        SandboxObstacle Obstacle()
        {
            if (Says("setting up uid map: Permission denied") || Says("RTM_NEWADDR")) return SandboxObstacle.AppArmor;
            if (Says("max_*_namespaces")) return SandboxObstacle.NamespaceLimit;
            if (Says("No permissions to creat") || Says("Creating new namespace failed")) return SandboxObstacle.NoNamespaces;
            return Says("Failed to make / slave") ? SandboxObstacle.NoMounts : SandboxObstacle.BubblewrapFailed;
        }

        bool Says(string words) => message.Contains(words, StringComparison.Ordinal);
    }
}
