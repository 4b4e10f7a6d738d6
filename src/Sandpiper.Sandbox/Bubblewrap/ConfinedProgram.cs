using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Connections;
using Sandpiper.Sandbox.Denials;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Sandbox.Proxies;
using Sandpiper.Sandbox.Terminals;
using Sandpiper.Sandbox.Tried;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>Runs one program under bubblewrap and waits for it.</summary>
public static class ConfinedProgram
{
    /// <summary>Starts <paramref name="command"/> with our standard streams, passes signals on, and waits.</summary>
    /// <param name="confinement">What it may see and do.</param>
    /// <param name="ownProgram">What compares inside, puts the signals right and becomes the program (<see cref="SecondStage"/>): nothing
    /// runs without it.</param>
    /// <param name="command">Program (a path, or a name looked up in the inner PATH) and arguments.</param>
    /// <param name="denied">Learns what it wanted to write and might not; null: nobody does.</param>
    /// <param name="refused">Is told of each connection that its proxy refuses, from any thread; null: nobody is.</param>
    /// <returns>Its exit code; 128 + n when signal n ended it; 126 not executable, 127 not found.</returns>
    /// <remarks>
    /// SIGINT and SIGQUIT are left to the program, as system(3) does: a terminal sends them to it as well, and what comes of it is its own
    /// business. SIGTERM and SIGHUP, sent to us alone, end it and everything it started. So does our own end, however sudden.
    /// </remarks>
    /// <exception cref="SandboxUnavailableException">No bubblewrap, no user namespaces, something to show is missing, or we are
    /// root.</exception>
    /// <exception cref="KernelException">A step before the start failed; nothing was started.</exception>
    /// <exception cref="SecondStageException">What is shown inside was not what was judged, time and again.</exception>
    /// <exception cref="PortTakenException">A port at which it was to be reached cannot be had; nothing was started.</exception>
    /// <exception cref="IOException">Its output, which went to a file, was lost.</exception>
    /// <param name="interrupted">Called after it, where somebody wanted it interrupted while it ran.</param>
    /// <param name="tried">Learns all that it names, where the confinement says that it is told; null: nobody does.</param>
    /// <param name="missed">Learns which hosts it wanted; names where the confinement says that it is told; null: nobody does.</param>
    public static int Run(Confinement confinement, OwnProgram ownProgram, IReadOnlyList<string> command, DeniedWrites? denied = null,
        Action<RefusedConnection>? refused = null, Action? interrupted = null, TriedCalls? tried = null,
        MissedHosts? missed = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(command.Count, nameof(command));
        int exitCode = 0;
        ExceptionDispatchInfo? failure = null;
        // A thread of its own, which lives until the program is dead: keyring and parent-death signal are the thread's, not the process's.
        var thread = new Thread(() =>
        {
            try
            {
                exitCode = RunHere(
                    confinement, ownProgram, command, denied, missed, tried, refused ?? (_ => { }), interrupted ?? (() => { }));
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return exitCode;
    }

    /// <summary>Notes what a program of that confinement names, for <see cref="Run"/>.</summary>
    public static TriedCalls Noting(Confinement confinement, DeniedWrites denied) => new(confinement, denied,
        [.. FileTree.OwnPlaces(confinement), .. SyntheticFiles.For(confinement).Select(file => file.Path)],
        FileTree.PrivatePlaces(confinement));

    private static int RunHere(Confinement confinement, OwnProgram ownProgram, IReadOnlyList<string> command, DeniedWrites? denied,
        MissedHosts? missed, TriedCalls? tried, Action<RefusedConnection> refusedConnection, Action interrupted)
    {
        // Root's bubblewrap keeps rights over the kernel's settings whatever it drops (/proc/sys/kernel/core_pattern stays writable).
        if (RootPrivileges.Held) throw new SandboxUnavailableException(SandboxObstacle.RootHeld);
        string bubblewrap = Executable.Trusted();
        SafeFileHandle? copied = ownProgram.ToCopy();
        InheritedDescriptors.StayWithUs();
        SessionKeyring.JoinFresh();
        if (confinement.Processors is { } most) ProcessorSet.Limit(most, Environment.ProcessId);

        using PublishedPorts ports = PublishedPorts.Take(confinement.Ports);
        ImmutableArray<InnerSocket> sockets = ProgramNetwork.Needed(confinement.Hosts, confinement.Ports);
        using StandInStreams streams = StandInStreams.ForOurs();
        using ProgramTerminal? terminal = ProgramTerminal.ForOurs();
        terminal?.Start();
        for (int attempt = 1; ; attempt++)
        {
            if (copied is not null) Descriptor.MoveTo(copied, 0); // bubblewrap reads on from where the last one stopped
            using var status = new Pipe();
            ProgramNetwork? network = null;
            using var files = new MemoryFiles();
            ImmutableArray<(string Path, int)> synthetic =
                [.. SyntheticFiles.For(confinement).Concat(PublicSettings.Copies())
                    .Select(file => (file.Path, files.Add(file.Path, file.Content)))];
            int plan = files.Add("plan", MountPlan.Of(confinement).ToBytes());
            var (report, theirs) = Messages.Pair();
            using (report)
            using (theirs)
            {
                var descriptors = new HandedOver((int)status.Writer.DangerousGetHandle(), plan, (int)theirs.DangerousGetHandle(),
                    (int?)copied?.DangerousGetHandle(), synthetic) { Terminal = terminal?.Name };
                int arguments = files.Add("arguments", Arguments.ToBytes(
                    Arguments.Of(confinement, ownProgram.Path, ownSession: terminal is null, descriptors)));
                ImmutableArray<SafeFileHandle> kept =
                    [.. files.Handles, status.Writer, theirs, .. copied is null ? ImmutableArray<SafeFileHandle>.Empty : [copied]];
                var (ended, refused) = StartAndWait(
                    bubblewrap,
                    ["bwrap", "--args", $"{arguments}", "--", .. Arguments.LastStep(descriptors, sockets, command)],
                    [.. kept.Select(file => (file, (int)file.DangerousGetHandle())), .. streams.Replaced],
                    terminal,
                    (report, theirs),
                    (calls, made) =>
                    {
                        if (!made.IsEmpty) network = ProgramNetwork.Begin(confinement.Hosts, ports, made, refusedConnection,
                            tried is null ? null : tried.SeeHost, confinement.Upstream);
                        if (calls is not null)
                            ConnectionSupervisor.Start(calls, confinement, FileTree.PrivatePlaces(confinement), denied, missed, tried);
                        streams.Begin();
                        terminal?.Begin();
                    },
                    interrupted);
                if (terminal is { WasInterrupted: true }) interrupted();
                network?.Dispose();
                if (refused is null) terminal?.Dispose(); // all that it wrote is shown before anything is said of it
                // Whoever can exchange a name at the right moment must not be able to keep everybody from starting a program.
                bool worthAnother = refused?.Kind is SecondStageFailureKind.Replaced && attempt < MostAttempts && ended is not > SignalBase;
                if (worthAnother) continue;
                if (refused is not null) return ended is > SignalBase ? ended.Value : throw new SecondStageException(refused);
                if (!streams.End()) throw new IOException("what the program said could not be written to its end; is the disk full?");
                return StatusReport.ExitCodeIn(status.ReadAvailable())
                    ?? (ended is > SignalBase ? ended.Value : throw SetupFailure.Explain(bubblewrap));
            }
        }
    }

    private static (int? Ended, SecondStageFailure? Refused) StartAndWait(
        string bubblewrap, ImmutableArray<string> arguments, ImmutableArray<(SafeFileHandle, int)> handedOver, ProgramTerminal? terminal,
        (SafeFileHandle Ours, SafeFileHandle Theirs) report, Action<SafeFileHandle?, ImmutableArray<SafeFileHandle>> ready,
        Action interrupted)
    {
        // On a terminal of its own it gets them from there.
        using SignalRelay? relay = terminal is null ? new() : null;
        if (relay is not null)
        {
            Messages.AskForSenders(report.Ours);
            // Whoever interrupts all of our group, as a terminal does, would end bubblewrap, and the program before it can clean up. This
            // thread's mask is inherited, and the second stage puts it off.
            SignalDisposition.Block(SignalDisposition.Interrupt);
            SignalDisposition.Block(SignalDisposition.Quit);
        }
        Lock gate = new();
        ChildProcess? child = null;
        bool isMade = false;
        int endedBy = 0;
        long wished = 0;
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        child = ChildProcess.Start(bubblewrap, arguments, handedOver, terminal?.Theirs);
        report.Theirs.Dispose(); // only the child has it now: when it ends without a word, we hear of that
        _ = SecondStageReport.TryReceive(
            report.Ours, out SecondStageFailure? refused, out SafeFileHandle? calls, out ImmutableArray<SafeFileHandle> made,
            out int program);
        lock (gate)
        {
            isMade = true;
            if (endedBy != 0) child.Kill();
        }
        relay?.Begin(program);
        // Nobody who would make its connections: the kernel makes none.
        if (refused is null) ready(calls, made);
        else foreach (SafeFileHandle socket in made) socket.Dispose();
        int? ended = child.Wait();
        if (relay is { WasInterrupted: true }) interrupted();
        return (endedBy == 0 ? ended : SignalBase + endedBy, refused);

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true; // we still have to reap it, and to say how it ended
            lock (gate)
            {
                bool isUrgent = endedBy != 0 && Stopwatch.GetElapsedTime(wished) > OneWish;
                if (endedBy == 0) wished = Stopwatch.GetTimestamp();
                endedBy = signal.Signal == PosixSignal.SIGTERM ? 15 : 1;
                // While bubblewrap makes the sandbox its own child waits for it, and for ever where it is killed: with our streams, and
                // with the end of the socket that we listen to.
                if (isMade) child?.Kill();
                else if (isUrgent)
                {
                    child?.Kill();
                    Messages.End(report.Ours);
                }
            }
        }
    }

    private static readonly TimeSpan OneWish = TimeSpan.FromSeconds(1);     // timeout(1) sends one signal twice at once
    private const int SignalBase = 128;
    private const int MostAttempts = 20;
}
