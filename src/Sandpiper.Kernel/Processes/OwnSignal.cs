using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>A signal to ourselves: whoever waits for it is asked as if somebody else had sent it.</summary>
public static partial class OwnSignal
{
    private const int Termination = 15;     // SIGTERM, asm-generic/signal.h

    /// <summary>SIGTERM.</summary>
    public static void Terminate() => _ = Raise(Termination);

    /// <summary>
    /// Ends this process as SIGINT does, so that a shell sees why: of an exit code it believes that Ctrl-C was dealt with, and goes on.
    /// </summary>
    public static void EndByInterrupt()
    {
        SignalDisposition.Default(SignalDisposition.Interrupt);
        SignalDisposition.UnblockAll();
        _ = Raise(SignalDisposition.Interrupt);
    }

    /// <summary>SIGSTOP: goes on when somebody continues it.</summary>
    public static void Stop() => _ = Raise(SignalDisposition.Stop);

    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int Raise(int signal);
}
