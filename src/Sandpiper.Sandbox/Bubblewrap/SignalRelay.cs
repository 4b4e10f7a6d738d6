using System.Runtime.InteropServices;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// Ctrl-C, Ctrl-\ and Ctrl-Z for a program in a session of its own, whose streams are all redirected: they come to us alone, and are its
/// business. What this process was told to ignore, as a script's background is, is left alone.
/// </summary>
internal sealed class SignalRelay : IDisposable
{
    private readonly List<PosixSignalRegistration> _registered = [];
    private readonly Lock _gate = new();
    private int _program, _early;

    public SignalRelay()
    {
        if (!SignalDisposition.IsIgnored(SignalDisposition.Interrupt))
        {
            Take(PosixSignal.SIGINT, () =>
            {
                WasInterrupted = WasToEnd = true;
                Send(SignalDisposition.Interrupt);
            });
        }
        if (!SignalDisposition.IsIgnored(SignalDisposition.Quit))
        {
            Take(PosixSignal.SIGQUIT, () =>
            {
                WasToEnd = true;
                Send(SignalDisposition.Quit);
            });
        }
        if (SignalDisposition.IsIgnored(SignalDisposition.TerminalStop)) return;
        Take(PosixSignal.SIGTSTP, () =>
        {
            Send(SignalDisposition.Stop); // in a session without a shell nothing less stops anybody
            OwnSignal.Stop();
            Send(SignalDisposition.Continue);
        });
    }

    /// <summary>Somebody wanted it interrupted.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>Or ended otherwise.</summary>
    public bool WasToEnd { get; private set; }

    /// <summary>From now on there is a program.</summary>
    /// <param name="process">As we number it.</param>
    public void Begin(int process)
    {
        lock (_gate)
        {
            _program = process;
            // It may have begun, and somebody may have met it, before we hear of it.
            if (_early != 0) Send(_early);
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registered) registration.Dispose();
    }

    private void Take(PosixSignal signal, Action act) => _registered.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    }));

    // All of what it leads, as a terminal would: a shell waits for what it started.
    private void Send(int signal)
    {
        lock (_gate)
        {
            if (_program == 0) _early = signal;
            else SendTo(signal);
        }
    }

    private void SendTo(int signal)
    {
        if (_program > 1 && ProcessGroup.Of(_program) is { } group && group != ProcessGroup.Own) ProcessGroup.Signal(group, signal);
    }
}
