using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>A signal to ourselves: whoever waits for it is asked as if somebody else had sent it.</summary>
public static partial class OwnSignal
{
    private const int Termination = 15;     // SIGTERM, asm-generic/signal.h

    /// <summary>SIGTERM.</summary>
    public static void Terminate() => _ = Raise(Termination);

    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int Raise(int signal);
}
