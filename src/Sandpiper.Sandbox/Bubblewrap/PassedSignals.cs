using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// What somebody sends to us for the program: SIGTERM and SIGHUP, after which it may clean up, SIGUSR1 and SIGUSR2. It alone gets them, as
/// it would without a sandbox. What this process was told to ignore (nohup(1)) is left alone.
/// </summary>
/// <remarks>
/// A program need not end when it is told to. Who ignores it for as long as docker-stop(1) waits, or is told once more, is killed with
/// everything that it started.
/// </remarks>
internal sealed class PassedSignals : IDisposable
{
    /// <summary>All that are passed on.</summary>
    public static readonly ImmutableArray<int> All =
        [SignalDisposition.HangUp, SignalDisposition.Termination, SignalDisposition.FirstOfUsers, SignalDisposition.SecondOfUsers];

    private static readonly TimeSpan OneWish = TimeSpan.FromSeconds(1);     // timeout(1) sends one signal twice at once
    private static readonly TimeSpan ToCleanUp = TimeSpan.FromSeconds(10);

    private readonly StartedSandbox _started;
    private readonly List<PosixSignalRegistration> _registered = [];
    private readonly Lock _gate = new();
    private SafeFileHandle? _program;
    private ITimer? _patience;
    private long _wished;
    private int _wish;
    private bool _isKilled;

    public PassedSignals(StartedSandbox started)
    {
        _started = started;
        foreach (int signal in All)
        {
            // A number that .NET has no name for is the kernel's.
            if (!SignalDisposition.IsIgnored(signal))
                _registered.Add(PosixSignalRegistration.Create((PosixSignal)signal, context => Pass(context, signal)));
        }
    }

    /// <summary>Which signal everything was killed for; 0: none, and its exit code is its own.</summary>
    public int KilledFor
    {
        get
        {
            lock (_gate) return _isKilled ? _wish : 0;
        }
    }

    /// <summary>From now on there is a program. Where it was to end before, it does not begin.</summary>
    /// <param name="process">As we number it.</param>
    /// <returns>A handle of it, which is ours to close.</returns>
    public SafeFileHandle Begin(int process)
    {
        lock (_gate)
        {
            _program = OtherProcess.Open(process);
            if (_wish != 0) Kill();
            return _program;
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registered) registration.Dispose();
        lock (_gate)
        {
            _patience?.Dispose();
            _program?.Dispose();
            _program = null;
        }
    }

    private void Pass(PosixSignalContext context, int signal)
    {
        context.Cancel = true; // we still have to reap it, and to say how it ended
        lock (_gate)
        {
            if (signal is SignalDisposition.Termination or SignalDisposition.HangUp) End(signal);
            else if (_program is not null) OtherProcess.Signal(_program, signal);
        }
    }

    private void End(int signal)
    {
        bool isFirst = _wish == 0;
        bool isUrgent = !isFirst && Stopwatch.GetElapsedTime(_wished) > OneWish;
        if (isFirst) _wished = Stopwatch.GetTimestamp();
        _wish = signal;
        if (_program is null)
        {
            // While bubblewrap makes the sandbox its own child waits for it, and for ever where it is killed: with our streams, and with
            // the end of the socket that we listen to.
            if (!isUrgent) return;
            Kill();
            Messages.End(_started.Report);
        }
        else if (isUrgent)
        {
            Kill();
        }
        else if (isFirst)
        {
            OtherProcess.Signal(_program, signal);
            _patience = TimeProvider.System.CreateTimer(_ =>
            {
                lock (_gate)
                {
                    if (_program is not null) Kill(); // or it is over, and this came too late
                }
            }, state: null, ToCleanUp, Timeout.InfiniteTimeSpan);
        }
    }

    private void Kill()
    {
        _isKilled = true;
        _started.Child.Kill();
    }
}
