using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Processes;

/// <summary>ioctl_tty(2).</summary>
internal static unsafe class TerminalCall
{
    /// <returns>Negative when it failed; the last error says why.</returns>
    public static nint Ask(SafeFileHandle terminal, nuint request, void* argument) =>
        SystemCall.Invoke(SystemCall.Ioctl, (nuint)terminal.DangerousGetHandle(), request, (nuint)argument, 0, 0);
}
