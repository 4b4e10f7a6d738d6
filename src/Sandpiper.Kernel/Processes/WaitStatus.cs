namespace Sandpiper.Kernel.Processes;

/// <summary>How a process has ended, as the kernel writes it (wait(2)).</summary>
internal static class WaitStatus
{
    private const int SignalBase = 128;

    /// <returns>Its exit code, or 128 + n when signal n ended it, as shells say it.</returns>
    public static int ExitCode(int status)
    {
        int signal = status & 0x7f; // WTERMSIG, WEXITSTATUS
        return signal == 0 ? (status >> 8) & 0xff : SignalBase + signal;
    }
}
