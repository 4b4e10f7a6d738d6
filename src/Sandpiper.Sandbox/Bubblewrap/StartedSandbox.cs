using System.Collections.Immutable;
using System.Text;
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
    private readonly HandedSecondStage _secondStage;
    private readonly SafeFileHandle _tree;
    private readonly SafeFileHandle? _said;
    private bool _isReleased, _mayRun, _isLeft;

    private const int Errors = 2, MostWords = 4096;

    private StartedSandbox(string bubblewrap, StandInStreams streams, ProgramTerminal? terminal, HandedSecondStage secondStage,
        SafeFileHandle tree, SafeFileHandle? said, SafeFileHandle report, ChildProcess child)
    {
        (Bubblewrap, Streams, Terminal, Report, Child) = (bubblewrap, streams, terminal, report, child);
        (_secondStage, _tree, _said) = (secondStage, tree, said);
    }

    public string Bubblewrap { get; }

    public StandInStreams Streams { get; }

    /// <summary>Null where no standard stream of ours is one.</summary>
    public ProgramTerminal? Terminal { get; }

    /// <summary>Where the second stage is told what to do, and reports.</summary>
    public SafeFileHandle Report { get; }

    public ChildProcess Child { get; }

    /// <summary>What runs first inside is started from a file, and not from memory.</summary>
    public bool IsFromFile => _secondStage.IsKept;

    /// <summary>It waits for <see cref="TryRelease"/> before it makes anything.</summary>
    /// <param name="secondStage">It is ours to dispose of.</param>
    /// <exception cref="SandboxUnavailableException">No bubblewrap, or we are root.</exception>
    /// <exception cref="Kernel.KernelException">It could not be started.</exception>
    public static StartedSandbox Start(SandboxNeeds needs, Func<HandedSecondStage> secondStage)
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
        HandedSecondStage? image = null;
        SafeFileHandle? tree = null, report = null, said = null, saying = null;
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
            // Where our errors go as they are, what has to be said before the program begins is ours to say: of who is killed beforehand
            // bubblewrap would complain there.
            if (terminal?.Theirs.Streams.Contains(Errors) is not true && !streams.Replaced.Any(replaced => replaced.Number is Errors))
                (said, saying) = Pipe.Blocking();
            image = secondStage();
            (SafeFileHandle asked, tree) = Pipe.Blocking();
            using (asked)
            {
                (report, SafeFileHandle theirs) = Messages.Pair();
                using (theirs) // only the child has it then: when it ends without a word, we hear of that
                {
                    ImmutableArray<string> arguments = Arguments.Of(needs, ownSession: terminal is null, Number(asked),
                        Number(image.File), image.MustBeCopied, SecondStage.Asked(Number(theirs), Number(image.File)));
                    // The program's end is told with whoever it was that ended: asked for before anybody says anything.
                    Messages.AskForSenders(report);
                    return new(bubblewrap, streams, terminal, image, tree, said, report, ChildProcess.Start(bubblewrap, arguments,
                        [
                            (theirs, Number(theirs)), (asked, Number(asked)), (image.File, Number(image.File)), .. streams.Replaced,
                            .. saying is null ? [] : ((SafeFileHandle, int)[])[(saying, Errors)],
                        ],
                        terminal?.Theirs));
                }
            }
        }
        catch
        {
            report?.Dispose();
            tree?.Dispose();
            image?.Dispose();
            said?.Dispose();
            terminal?.Dispose();
            streams.Dispose();
            throw;
        }
        finally
        {
            saying?.Dispose();
        }
    }

    private static int Number(SafeFileHandle file) => (int)file.DangerousGetHandle();

    /// <summary>
    /// Bubblewrap learns what is inside, and begins. To start it takes as long as to find out whether the second stage is ours, and where
    /// we end before we know, nothing is there that it could run.
    /// </summary>
    /// <returns>False: the second stage is another one. Nothing of it has run, or will.</returns>
    /// <exception cref="SandboxUnavailableException">There is no second stage.</exception>
    /// <exception cref="Kernel.KernelException">There is no memory for it.</exception>
    public bool TryRelease()
    {
        if (!_secondStage.TryComplete()) return false;
        _isReleased = true;
        using (_secondStage)
        using (_tree)
        {
            // Where it has ended already, whoever waits for it hears of that.
            _ = Descriptor.TryWrite(_tree, Arguments.Bytes(Arguments.Tree(Number(_secondStage.File), _secondStage.MustBeCopied)));
        }
        return true;
    }

    /// <summary>Where it is not there any more, nothing comes back. It begins with what takes time, and waits for a word.</summary>
    public void Tell(SecondStagePlan plan) => Tell("plan", plan.ToBytes());

    /// <summary>Then this, for which it waits when it has made the tree.</summary>
    public void Tell(SecondStageBounds bounds) => Tell("bounds", bounds.ToBytes());

    private void Tell(string name, byte[] content)
    {
        using SafeFileHandle told = MemoryFile.With(name, content);
        Messages.TrySend(Report, [1], told);
    }

    /// <summary>To the second stage that is ready: somebody is there who looks after the program.</summary>
    public void LetBegin()
    {
        _mayRun = true;
        using SafeFileHandle? errors = _said is null ? null : new(Errors, ownsHandle: false);
        SecondStageReport.LetBegin(Report, errors);
    }

    /// <summary>What bubblewrap, or what came after it, said before the program could begin, when it has ended.</summary>
    /// <returns>Nothing where it said it where our own errors go, too.</returns>
    public string Said()
    {
        if (_said is null || Readiness.Wait(_said, null, null, TimeSpan.Zero) is not { Read: true }) return "";
        Span<byte> words = stackalloc byte[MostWords];
        return Encoding.UTF8.GetString(words[..Math.Max(Descriptor.Read(_said, words), 0)]).Trim();
    }

    /// <summary>
    /// The program and all that it started have ended, and how is known: bubblewrap may end, and is waited for when nobody waits for us.
    /// </summary>
    public void Leave()
    {
        _isLeft = true;
        Child.Kill();
    }

    /// <summary>
    /// Where bubblewrap has ended before its time, by a limit of this machine's or by somebody's kill, its own child waits for ever to be
    /// let go: for the write to an eventfd(2) that it holds itself.
    /// </summary>
    public static void EndWhoWaits() => AdoptedProcesses.KillFirstOfNamespaces();

    /// <summary>
    /// The second stage that may not begin ends, and bubblewrap with it; a program that is running is killed. Not before: bubblewrap's own
    /// child would wait for ever where it is killed too early. It has none before it was told what is inside, or that nothing is.
    /// </summary>
    public void Dispose()
    {
        if (!_isReleased || _mayRun) Child.Kill();
        if (!_isReleased) Reap();
        _secondStage.Dispose();
        _tree.Dispose();
        _said?.Dispose();
        Report.Dispose();
        if (!_isLeft && Child.Wait() is not SecondStage.Untold && _isReleased && !_mayRun) EndWhoWaits();
        Terminal?.Dispose();
        Streams.Dispose();
    }

    /// <summary>Of what was left nothing stays, either.</summary>
    public void Reap() => _ = Child.Wait();
}
