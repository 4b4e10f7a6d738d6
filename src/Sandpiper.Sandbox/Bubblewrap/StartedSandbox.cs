using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Sandbox.Terminals;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>Bubblewrap, started by the thread that is its parent, with what the program will have of ours.</summary>
internal sealed class StartedSandbox : IDisposable
{
    private bool _mayRun;

    private StartedSandbox(
        string bubblewrap, StandInStreams streams, ProgramTerminal? terminal, SafeFileHandle report, ChildProcess child) =>
        (Bubblewrap, Streams, Terminal, Report, Child) = (bubblewrap, streams, terminal, report, child);

    public string Bubblewrap { get; }

    public StandInStreams Streams { get; }

    /// <summary>Null where no standard stream of ours is one.</summary>
    public ProgramTerminal? Terminal { get; }

    /// <summary>Where the second stage is told what to do, and reports.</summary>
    public SafeFileHandle Report { get; }

    public ChildProcess Child { get; }

    /// <exception cref="SandboxUnavailableException">No bubblewrap, or we are root.</exception>
    /// <exception cref="Kernel.KernelException">It could not be started.</exception>
    public static StartedSandbox Start(SandboxNeeds needs, SecondStageImage secondStage)
    {
        // Root's bubblewrap keeps rights over the kernel's settings whatever it drops (/proc/sys/kernel/core_pattern stays writable).
        if (RootPrivileges.Held) throw new SandboxUnavailableException(SandboxObstacle.RootHeld);
        string bubblewrap = Executable.Trusted();
        InheritedDescriptors.StayWithUs();
        SessionKeyring.JoinFresh();
        AdoptedProcesses.BecomeOurs();
        if (needs.Processors is { } most) ProcessorSet.Limit(most, Environment.ProcessId);

        StandInStreams streams = StandInStreams.ForOurs();
        ProgramTerminal? terminal = null;
        try
        {
            terminal = ProgramTerminal.ForOurs();
            // Of all these bubblewrap would die, and whom it dies of too early leaves a child that waits for ever. This thread's mask is
            // inherited, and the second stage puts it off. A terminal of its own hangs up when we end, however that comes.
            SignalDisposition.Block(SignalDisposition.HangUp);
            // Whoever signals all of our group, as a terminal and timeout(1) do, would end it, and the program before it can clean up.
            if (terminal is null)
            {
                SignalDisposition.Block(SignalDisposition.Interrupt);
                SignalDisposition.Block(SignalDisposition.Quit);
                foreach (int signal in PassedSignals.All) SignalDisposition.Block(signal);
            }
            // Who starts us may ignore it: then no end is told, neither to us nor to bubblewrap, which waits for that of its own.
            if (SignalDisposition.IsIgnored(SignalDisposition.Child)) SignalDisposition.Default(SignalDisposition.Child);
            using SafeFileHandle image = secondStage.Open(out bool mustBeCopied);
            var (report, theirs) = Messages.Pair();
            using (theirs) // only the child has it then: when it ends without a word, we hear of that
            {
                ImmutableArray<string> arguments = Arguments.Of(needs, ownSession: terminal is null, Number(image), mustBeCopied,
                    SecondStage.Asked(Number(theirs), Number(image)));
                try
                {
                    // The program's end is told with whoever it was that ended: asked for before anybody says anything.
                    Messages.AskForSenders(report);
                    return new(bubblewrap, streams, terminal, report, ChildProcess.Start(bubblewrap, arguments,
                        [(theirs, Number(theirs)), (image, Number(image)), .. streams.Replaced], terminal?.Theirs));
                }
                catch
                {
                    report.Dispose();
                    throw;
                }
            }
        }
        catch
        {
            terminal?.Dispose();
            streams.Dispose();
            throw;
        }

        static int Number(SafeFileHandle file) => (int)file.DangerousGetHandle();
    }

    /// <summary>Where it is not there any more, nothing comes back. It begins with what takes time, and waits for a word.</summary>
    public void Tell(SecondStagePlan plan)
    {
        using SafeFileHandle told = MemoryFile.With("plan", plan.ToBytes());
        Messages.TrySend(Report, [1], told);
    }

    /// <summary>To the second stage that is ready: somebody is there who looks after the program.</summary>
    public void LetBegin()
    {
        _mayRun = true;
        SecondStageReport.LetBegin(Report);
    }

    /// <summary>
    /// Where bubblewrap has ended before its time, by a limit of this machine's or by somebody's kill, its own child waits for ever to be
    /// let go: for the write to an eventfd(2) that it holds itself.
    /// </summary>
    public static void EndWhoWaits() => AdoptedProcesses.KillFirstOfNamespaces();

    /// <summary>
    /// The second stage that may not begin ends, and bubblewrap with it; a program that is running is killed. Not before: bubblewrap's own
    /// child would wait for ever where it is killed too early.
    /// </summary>
    public void Dispose()
    {
        Report.Dispose();
        if (_mayRun) Child.Kill();
        if (Child.Wait() is not SecondStage.Untold && !_mayRun) EndWhoWaits();
        Terminal?.Dispose();
        Streams.Dispose();
    }
}
