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
    private bool _isTold;

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
    public static StartedSandbox Start(SandboxNeeds needs, OwnProgram ownProgram)
    {
        // Root's bubblewrap keeps rights over the kernel's settings whatever it drops (/proc/sys/kernel/core_pattern stays writable).
        if (RootPrivileges.Held) throw new SandboxUnavailableException(SandboxObstacle.RootHeld);
        string bubblewrap = Executable.Trusted();
        SafeFileHandle? copied = ownProgram.ToCopy();
        InheritedDescriptors.StayWithUs();
        SessionKeyring.JoinFresh();
        if (needs.Processors is { } most) ProcessorSet.Limit(most, Environment.ProcessId);

        StandInStreams streams = StandInStreams.ForOurs();
        ProgramTerminal? terminal = null;
        try
        {
            terminal = ProgramTerminal.ForOurs();
            // Whoever signals all of our group, as a terminal and timeout(1) do, would end bubblewrap, and the program before it can clean
            // up. This thread's mask is inherited, and the second stage puts it off.
            if (terminal is null)
            {
                SignalDisposition.Block(SignalDisposition.Interrupt);
                SignalDisposition.Block(SignalDisposition.Quit);
                foreach (int signal in PassedSignals.All) SignalDisposition.Block(signal);
            }
            // Who starts us may ignore it: then no end is told, neither to us nor to bubblewrap, which waits for that of its own.
            if (SignalDisposition.IsIgnored(SignalDisposition.Child)) SignalDisposition.Default(SignalDisposition.Child);
            var (report, theirs) = Messages.Pair();
            using (theirs) // only the child has it then: when it ends without a word, we hear of that
            {
                ImmutableArray<SafeFileHandle> kept =
                    [theirs, .. copied is null ? ImmutableArray<SafeFileHandle>.Empty : [copied]];
                ImmutableArray<string> arguments = Arguments.Of(needs, ownProgram.Path, copied is null ? null : Number(copied),
                    ownSession: terminal is null, SecondStage.Asked(Number(theirs)));
                try
                {
                    return new(bubblewrap, streams, terminal, report, ChildProcess.Start(
                        bubblewrap, arguments, [.. kept.Select(file => (file, Number(file))), .. streams.Replaced], terminal?.Theirs));
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

    /// <summary>Where it is not there any more, nothing comes back.</summary>
    public void Tell(SecondStagePlan plan)
    {
        using SafeFileHandle told = MemoryFile.With("plan", plan.ToBytes());
        _isTold = Messages.TrySend(Report, [1], told);
    }

    /// <summary>The second stage that was told nothing ends, and bubblewrap with it; a program that is running is killed.</summary>
    public void Dispose()
    {
        Report.Dispose();
        if (_isTold) Child.Kill();
        _ = Child.Wait();
        Terminal?.Dispose();
        Streams.Dispose();
    }
}
