using System.Runtime.InteropServices;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Console;

/// <summary>
/// Ctrl-C, SIGTERM and SIGHUP as a wish: the first cancels a token, so that the command stops at the next safe place;
/// the second ends the process.
/// </summary>
/// <remarks>
/// What this process was told to ignore (nohup(1)) is left alone, where it is the terminal's end.
/// timeout(1) and its like send the same signal to the command and then to its group, so that it comes twice at once: that is one wish.
/// </remarks>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan OneWish = TimeSpan.FromMilliseconds(200);      // longer than that takes, shorter than a second thought

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration? _hangUp;
    private (PosixSignal Signal, long Moment)? _first;

    public Interruption(TimeProvider time)
    {
        _time = time;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        if (!SignalDisposition.IsIgnored(SignalDisposition.HangUp))
            _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
    }

    public CancellationToken Token => _stop.Token;

    /// <summary>What a shell expects after the signal that came: 128 and its number.</summary>
    public ExitCode Exit { get; private set; } = ExitCode.Interrupted;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _hangUp?.Dispose();
        _stop.Dispose();
    }

    // Nothing that a command does needs to be waited for: a kill leaves the old generation as well, only less tidily.
    private void Stop(PosixSignalContext signal) => signal.Cancel = IsWish(signal.Signal);

    /// <summary>Whether the process lives on, to stop by itself.</summary>
    internal bool IsWish(PosixSignal signal)
    {
        lock (_lock)
        {
            if (_first is var (first, moment)) return signal == first && _time.GetElapsedTime(moment) < OneWish;
            _first = (signal, _time.GetTimestamp());
            Exit = signal switch
            {
                PosixSignal.SIGTERM => ExitCode.Terminated,
                PosixSignal.SIGHUP => ExitCode.HungUp,
                _ => ExitCode.Interrupted,
            };
        }
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command is over: it has just said what came of it.
        }
        return true;
    }
}
