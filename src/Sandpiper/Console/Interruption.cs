using System.Runtime.InteropServices;

namespace Sandpiper.Console;

/// <summary>
/// Ctrl-C and SIGTERM as a wish: the first cancels a token, so that the command stops at the next safe place; the second ends the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private int _signals;

    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    public CancellationToken Token => _stop.Token;

    /// <summary>What a shell expects after the signal that came: 128 and its number.</summary>
    public ExitCode Exit { get; private set; } = ExitCode.Interrupted;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        // Nothing that a command does needs to be waited for: a kill leaves the old generation as well, only less tidily.
        if (Interlocked.Increment(ref _signals) > 1) return;
        signal.Cancel = true;
        Exit = signal.Signal == PosixSignal.SIGTERM ? ExitCode.Terminated : ExitCode.Interrupted;
        _stop.Cancel();
    }
}
