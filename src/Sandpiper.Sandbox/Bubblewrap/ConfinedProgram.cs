using System.Collections.Immutable;
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

/// <summary>
/// One program under bubblewrap. The sandbox is made while what the program may see is still found out: its second stage waits to be told,
/// and ends where it is told nothing.
/// </summary>
public sealed class ConfinedProgram : IDisposable
{
    private readonly SandboxNeeds _needs;
    private readonly SemaphoreSlim _asked = new(0);
    // A pipe, for whoever writes to it sleeps soon, and the kernel knows: who waits goes on there. Elsewhere bubblewrap is just being
    // ended, which would come first.
    private readonly SafeFileHandle _gone, _tellsGone;
    private Func<StartedSandbox, int>? _run;
    private int _exitCode;
    private ExceptionDispatchInfo? _failure;

    private readonly SecondStageImage _secondStage;

    private ConfinedProgram(SandboxNeeds needs, SecondStageImage secondStage)
    {
        (_needs, _secondStage) = (needs, secondStage);
        (_gone, _tellsGone) = Pipe.Blocking();
    }

    /// <summary>Begins to make a sandbox. What fails is told by <see cref="Run(Confinement, IReadOnlyList{string}, DeniedWrites?,
    /// Action{RefusedConnection}?, Action?, TriedCalls?, MissedHosts?, Action?, Action{int}?)"/>.</summary>
    /// <param name="secondStage">What mounts and compares inside, puts the signals right and becomes the program: nothing runs without
    /// it.</param>
    public static ConfinedProgram Begin(SandboxNeeds needs, SecondStageImage secondStage)
    {
        var program = new ConfinedProgram(needs, secondStage);
        new Thread(() => program.Attend(_ => { })).Start();
        return program;
    }

    /// <summary>The same on the thread that calls, and stays with it: none has to be made first, and to get its turn.</summary>
    /// <param name="begun">Is called as soon as bubblewrap runs, or could not be started; what it begins goes on elsewhere.</param>
    /// <inheritdoc cref="Begin"/>
    public static void BeginHere(SandboxNeeds needs, SecondStageImage secondStage, Action<ConfinedProgram> begun) =>
        new ConfinedProgram(needs, secondStage).Attend(begun);

    /// <summary>Both at once.</summary>
    /// <inheritdoc cref="Run(Confinement, IReadOnlyList{string}, DeniedWrites?, Action{RefusedConnection}?, Action?, TriedCalls?,
    /// MissedHosts?, Action?, Action{int}?)"/>
    public static int Run(Confinement confinement, SecondStageImage secondStage, IReadOnlyList<string> command)
    {
        using ConfinedProgram program = Begin(SandboxNeeds.Of(confinement), secondStage);
        return program.Run(confinement, command);
    }

    /// <summary>Starts <paramref name="command"/> with our standard streams, passes signals on, and waits. Once.</summary>
    /// <param name="confinement">What it may see and do.</param>
    /// <param name="command">Program (a path, or a name looked up in the inner PATH) and arguments.</param>
    /// <param name="denied">Learns what it wanted to write and might not; null: nobody does.</param>
    /// <param name="refused">Is told of each connection that its proxy refuses, from any thread; null: nobody is.</param>
    /// <param name="interrupted">Called after it, where somebody wanted it interrupted while it ran.</param>
    /// <param name="tried">Learns all that it names, where the confinement says that it is told; null: nobody does.</param>
    /// <param name="missed">Learns which hosts it wanted; names where the confinement says that it is told; null: nobody does.</param>
    /// <param name="over">
    /// Called, from another thread, when it and all that it started have ended, and the sandbox is still being put away: what can be looked
    /// at meanwhile. Not always, where it ended by force. It throws nothing.
    /// </param>
    /// <param name="begins">Called with its process just before it begins; null: nobody is.</param>
    /// <returns>Its exit code; 128 + n when signal n ended it; 126 not executable, 127 not found.</returns>
    /// <remarks>
    /// SIGINT and SIGQUIT are left to the program, as system(3) does: a terminal sends them to it as well, and what comes of it is its own
    /// business. SIGTERM and SIGHUP, sent to us alone, are passed on; soon afterwards it and everything it started has ended
    /// (<see cref="PassedSignals"/>). So it has with our own end, however sudden.
    /// </remarks>
    /// <exception cref="SandboxUnavailableException">No bubblewrap, no user namespaces, something to show is missing, or we are
    /// root.</exception>
    /// <exception cref="KernelException">A step before the start failed; nothing was started.</exception>
    /// <exception cref="SecondStageException">What is shown inside was not what was judged.</exception>
    /// <exception cref="PortTakenException">A port at which it was to be reached cannot be had; nothing was started.</exception>
    /// <exception cref="IOException">Its output, which went to a file, was lost.</exception>
    /// <exception cref="ArgumentException">The sandbox was made for something else.</exception>
    public int Run(Confinement confinement, IReadOnlyList<string> command, DeniedWrites? denied = null,
        Action<RefusedConnection>? refused = null, Action? interrupted = null, TriedCalls? tried = null,
        MissedHosts? missed = null, Action? over = null, Action<int>? begins = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(command.Count, nameof(command));
        SandboxNeeds needs = SandboxNeeds.Of(confinement);
        if (needs with { Layers = _needs.Layers } != _needs || (needs.Layers && !_needs.Layers))
            throw new ArgumentException("made for something else", nameof(confinement));
        _run = started => RunHere(
            started, confinement, command, denied, missed, tried, refused ?? (_ => { }), interrupted ?? (() => { }), over ?? (() => { }),
            begins);
        Dispose();
        _failure?.Throw();
        return _exitCode;
    }

    /// <summary>When all is done that has to follow a program: what ran before it is kept as a file for the next.</summary>
    public void KeepSecondStage() => _secondStage.Keep();

    /// <summary>Where nothing was run, the sandbox is gone afterwards.</summary>
    public void Dispose()
    {
        if (_gone.IsClosed) return;
        _asked.Release();
        while (!Readiness.Wait(_gone, null, null, null).Read) { }
        _gone.Dispose();
        _tellsGone.Dispose();
    }

    // By one thread until the program is dead: keyring and parent-death signal are the thread's, not the process's.
    private void Attend(Action<ConfinedProgram> begun)
    {
        StartedSandbox? started = null;
        try
        {
            using StartedSandbox? first = Started(() => _secondStage.Open());
            using StartedSandbox? instead = first?.TryRelease() is false ? Instead(first) : null;
            started = instead ?? first;
            begun(this);
            _asked.Wait();
            if (_failure is null && _run is not null && started is not null) _exitCode = Ran(started, _run);
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }
        Descriptor.TryWrite(_tellsGone, [1]);
        started?.Reap();
    }

    // Whoever has the file open to write it, or waits to, keeps everybody from starting it (ETXTBSY); in memory nobody finds it.
    private int Ran(StartedSandbox started, Func<StartedSandbox, int> run)
    {
        try
        {
            return run(started);
        }
        catch (SandboxUnavailableException notBegun) when (notBegun.Obstacle is SandboxObstacle.NotWithThis && started.IsFromFile)
        {
            StartedSandbox? again = Instead(started);
            if (again is null) return 0; // that is told
            int exitCode;
            using (again) exitCode = run(again);
            again.Reap();
            return exitCode;
        }
    }

    // Whoever put another second stage there costs a start of bubblewrap, and no more.
    private StartedSandbox? Instead(StartedSandbox other)
    {
        other.Dispose(); // it has our streams
        StartedSandbox? started = Started(() => _secondStage.Open(fromMemory: true));
        _ = started?.TryRelease();
        return started;
    }

    private StartedSandbox? Started(Func<HandedSecondStage> secondStage)
    {
        try
        {
            return StartedSandbox.Start(_needs, secondStage);
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e); // for whoever wants something run
            return null;
        }
    }

    /// <summary>Notes what a program of that confinement names, for <see cref="Run(Confinement, IReadOnlyList{string}, DeniedWrites?,
    /// Action{RefusedConnection}?, Action?, TriedCalls?, MissedHosts?, Action?, Action{int}?)"/>.</summary>
    public static TriedCalls Noting(Confinement confinement, DeniedWrites denied) => new(confinement, denied,
        [.. FileTree.OwnPlaces(confinement), .. SyntheticFiles.For(confinement).Select(file => file.Path)],
        FileTree.PrivatePlaces(confinement));

    private static int RunHere(StartedSandbox started, Confinement confinement, IReadOnlyList<string> command, DeniedWrites? denied,
        MissedHosts? missed, TriedCalls? tried, Action<RefusedConnection> refusedConnection, Action interrupted, Action over,
        Action<int>? begins)
    {
        started.Terminal?.Start();
        // First: what it takes time for, the second stage does while all is prepared that the program needs when it begins.
        SecondStagePlan plan = SecondStagePlan.Of(confinement, command, started.Terminal?.Name);
        started.Tell(plan);
        started.Tell(SecondStageBounds.Of(confinement, plan.Mounts));
        started.Streams.BeginOutput();
        using PublishedPorts ports = PublishedPorts.Take(confinement.Ports, confinement.Hosts, confinement.ProxyPort);
        ProgramNetwork? network = null;
        // Found out before, and there: when everything is in its place, the program waits for whoever supervises it.
        IReadOnlySet<string> answering = ConnectionSupervisor.PlacesThatAnswer(confinement, FileTree.PrivatePlaces(confinement));
        using var end = new EndOfAll();
        using var supervisor = new WaitingSupervisor(
            calls => ConnectionSupervisor.Supervise(calls, confinement.HostNetwork, answering, denied, missed, tried, () =>
            {
                end.Tell();
                over();
            }));
        var (ended, isBegun, wasAsked, refused) = LetBeginAndWait(
            started,
            (calls, made) =>
            {
                if (!made.IsEmpty) network = ProgramNetwork.Begin(confinement.Hosts, ports, made, refusedConnection,
                    tried is null ? null : tried.SeeHost, confinement.Upstream);
                if (calls is not null) supervisor.Begin(calls);
                started.Streams.BeginInput();
                started.Terminal?.Begin();
                return calls is null ? null : end;
            },
            interrupted, begins);
        if (started.Terminal is { WasInterrupted: true }) interrupted();
        network?.Dispose();
        // Who asked for an end has it. Otherwise it is no program's end, but of what comes before one.
        bool isAnswer = isBegun || (ended > SignalBase && (wasAsked || started.Terminal is { WasToEnd: true }));
        if (refused is not null) return isAnswer ? ended : throw new SecondStageException(refused);
        started.Terminal?.Dispose(); // all that it wrote is shown before anything is said of it
        if (!started.Streams.End()) throw new IOException("what the program said could not be written to its end; is the disk full?");
        if (isAnswer) return ended;
        throw ended > SignalBase
            ? new SandboxUnavailableException(SandboxObstacle.Killed, $"{ended - SignalBase}")
            : SetupFailure.Explain(started.Bubblewrap, started.Said());
    }

    private static (int Ended, bool IsBegun, bool WasAsked, SecondStageFailure? Refused) LetBeginAndWait(StartedSandbox started,
        Func<SafeFileHandle?, ImmutableArray<SafeFileHandle>, EndOfAll?> ready, Action interrupted, Action<int>? begins)
    {
        // On a terminal of its own it gets them from there.
        using SignalRelay? relay = started.Terminal is null ? new() : null;
        using PassedSignals passed = new(started);
        using SafeFileHandle bubblewrap = started.Child.Open();
        // Where somebody kills bubblewrap its own child may wait for it for ever, and nothing comes.
        while (!Readiness.Wait(started.Report, bubblewrap, null, OneLook).Read)
        {
            if (started.Child.HasEnded) Messages.End(started.Report);
        }
        bool isReady = SecondStageReport.TryReceive(
            started.Report, out SecondStageFailure? refused, out SafeFileHandle? calls, out ImmutableArray<SafeFileHandle> made,
            out int program);
        SafeFileHandle process = passed.Begin(program);
        relay?.Begin(program);
        EndOfAll? end = null;
        // Nobody who would make its connections: the kernel makes none.
        if (refused is null)
        {
            end = ready(calls, made);
            // What asks is bound to bubblewrap, unless that had ended before: then nobody would end the program.
            if (started.Child.HasEnded) Messages.End(started.Report);
            else
            {
                begins?.Invoke(program);
                started.LetBegin();
            }
        }
        else foreach (SafeFileHandle socket in made) socket.Dispose();
        int ended = Ended(started, bubblewrap, process, end);
        if (!isReady) StartedSandbox.EndWhoWaits();
        if (relay is { WasInterrupted: true }) interrupted();
        bool isKilled = passed.KilledFor is not 0;
        return (isKilled ? SignalBase + passed.KilledFor : ended, isReady && refused is null, isKilled || relay is { WasToEnd: true },
            refused);
    }

    // Where the kernel says how the program has ended, and nobody is left in the sandbox, bubblewrap has only to say the same.
    private static int Ended(StartedSandbox started, SafeFileHandle bubblewrap, SafeFileHandle program, EndOfAll? end)
    {
        if (end is not null && OtherProcess.TellsItsEnd(program) && end.IsToldBeforeEndOf(bubblewrap)
            && Readiness.HasHungUp(program, LongestEnd) && OtherProcess.EndOf(program) is { } known)
        {
            started.Leave();
            return known;
        }
        int ended = started.Child.Wait();
        // Bubblewrap's end is not theirs: the kernel ends them all, and that takes its time. One that sits in the kernel may take longer,
        // and nobody waits for that.
        _ = end?.IsTold(LongestEnd);
        return ended;
    }

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OneLook = TimeSpan.FromSeconds(1); // where there is no handle to wait for
    private const int SignalBase = 128;
}
