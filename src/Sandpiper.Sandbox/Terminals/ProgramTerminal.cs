using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Terminals;

/// <summary>
/// A terminal of a program's own, in place of the user's, which it never holds: what it writes goes through the
/// <see cref="OutputFilter"/>, and what is typed reaches it while it asks for that and is in the foreground.
/// </summary>
/// <remarks>
/// The user's terminal stays as it is, line by line with its own echo and its own Ctrl-C, until the program waits for input or wants keys
/// instead of lines: then they are handed over as they are pressed, and its own terminal makes lines and signals of them. So what is typed
/// ahead stays the shell's, a password typed for a neighbour in a pipe stays his, and a program that asks for nothing changes nothing.
/// A program that stops, stops us, so that the shell sees it; what continues us continues it.
/// </remarks>
internal sealed class ProgramTerminal : IDisposable
{
    private const int Input = 0, Output = 1, Errors = 2;
    private const int PieceBytes = 64 << 10, TypedBytes = 256;
    private const int ShortestLook = 10, LongestLook = 400;     // milliseconds between two looks at a program that does nothing
    private const int LooksUntilReleased = 4, LooksUntilUntold = 5, LooksUntilContinued = 50, LooksUntilRead = 10;
    private const long AnswerTime = 500;                        // milliseconds

    private readonly PseudoTerminal _terminal = PseudoTerminal.Open();
    private readonly ImmutableArray<int> _streams;
    private readonly FileIdentity _identity;
    private readonly SafeFileHandle _screen;
    private readonly SafeFileHandle? _keyboard;
    private readonly bool _isFed, _writesIntoPipe;
    private readonly TerminalMode? _given;
    private readonly (SafeFileHandle Reader, SafeFileHandle Writer) _wake = Pipe.Blocking();
    private readonly OutputFilter _filter = new();
    private readonly ArrayBufferWriter<byte> _passed = new(), _shown = new();
    private readonly Lock _deciding = new(), _ending = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Thread _output;
    private Thread? _input;
    private TerminalMode? _found, _raw;
    private int _program;
    private bool _isGone, _wasShown;
    private int _looksWithoutNeed, _looksUntold, _mirrored, _continued;
    private long _lastAsked = -AnswerTime;
    private volatile int _pause = ShortestLook;
    private volatile bool _takes, _ended, _cannotStop, _isHungUp, _isAlone;

    private ProgramTerminal(ImmutableArray<int> streams)
    {
        _streams = streams;
        _identity = FileFacts.IdentityOf(_terminal.Theirs);
        _screen = new SafeFileHandle(streams.Contains(Output) ? Output : streams[^1], ownsHandle: false);
        // Who reads from a pipe may ask the terminal all the same, as `less` does; a shell gives that to all three to read and write.
        _isFed = !streams.Contains(Input);
        _keyboard = !_isFed ? new SafeFileHandle(Input, ownsHandle: false) : Descriptor.IsReadable(_screen) ? _screen : null;
        _writesIntoPipe = IsPipe(Output) || IsPipe(Errors);
        // It begins as the user's is: the same keys erase, the same size. In the background a shell has that as it edits its own line.
        _given = TerminalMode.Of(_screen) is { } mode && !IsForeground ? mode.OfLines() : TerminalMode.Of(_screen);
        _given?.Apply(_terminal.Theirs);
        Resize();
        _output = new Thread(Show);
    }

    /// <summary>Null where no standard stream is a terminal: then there is nothing that a program of its own would need.</summary>
    /// <exception cref="KernelException">There is no terminal to be had.</exception>
    public static ProgramTerminal? ForOurs()
    {
        ImmutableArray<int> streams = [.. ((int[])[Input, Output, Errors]).Where(Terminal.Is)];
        return streams.IsEmpty ? null : new(streams);
    }

    /// <summary>Somebody wanted the program interrupted, by the key for it or otherwise.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>Or ended otherwise: by the other key, or by a signal that such a key sends.</summary>
    public bool WasToEnd { get; private set; }

    /// <summary>For <c>ChildProcess</c>: what becomes its terminal, as which of its streams.</summary>
    public (SafeFileHandle File, ImmutableArray<int> Streams) Theirs => (_terminal.Theirs, _streams);

    /// <summary>By which name it can be shown inside; null: by none.</summary>
    public string? Name => _terminal.Name;

    /// <summary>From now on something is shown, and the keys of a terminal that work by themselves work on the program.</summary>
    public void Start()
    {
        // Whoever is told by a terminal that works in lines gets its signals from there, and the program is in another session.
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Forward(signal, SignalDisposition.Interrupt)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => Forward(signal, SignalDisposition.Quit)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, signal => Forward(signal, SignalDisposition.TerminalStop)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
        {
            Interlocked.Increment(ref _continued);
            _cannotStop = false;
            Wake();
        }));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ =>
        {
            lock (_ending)
            {
                if (!_isGone) Resize();
            }
        }));
        Resize(); // it was made before its user was asked anything
        _output.Start();
    }

    /// <summary>The program is about to begin, and has its terminal.</summary>
    public void Begin()
    {
        _program = _terminal.Foreground ?? 0;
        _terminal.Theirs.Dispose(); // only it holds it now
        _input = new Thread(Serve) { IsBackground = true };
        _input.Start();
    }

    /// <summary>Everything that had it is dead: what it wrote is shown to the end, and the user's terminal is as it was.</summary>
    public void Dispose()
    {
        if (_ended) return;
        _terminal.Theirs.Dispose();
        if (_output.IsAlive) _output.Join();
        _ended = true;
        Wake();
        _input?.Join();
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        if (_takes) DropAnswers();
        lock (_deciding) Release();
        lock (_ending)
        {
            _isGone = true;
            _terminal.Dispose();
            _wake.Reader.Dispose();
            _wake.Writer.Dispose();
        }
    }

    private static bool IsPipe(int stream)
    {
        using var file = new SafeFileHandle(stream, ownsHandle: false);
        return FileFacts.KindOf(file) is FileType.Other && DeviceNumber.OfCharacter(file) is null;
    }

    private void Show()
    {
        byte[] piece = new byte[PieceBytes];
        // The last one who holds the other end closes it (EIO), after all that was written.
        while (Descriptor.Read(_terminal.Ours, piece) is > 0 and var got)
        {
            lock (_deciding)
            {
                // Who changed how his terminal reads gets the keys before a question of his is passed on: the answer is typed.
                if (!_takes && IsOwnMode && IsForeground && MayAsk) Take();
                _filter.MayAsk = _takes && !_writesIntoPipe;
            }
            long asked = _filter.Asked;
            _filter.Pass(piece.AsSpan(0, got), _passed);
            if (_filter.Asked != asked) _lastAsked = Environment.TickCount64;
            // Whatever is there already goes with it, so that a line's end is not torn from it.
            if (_passed.WrittenCount < PieceBytes && Readiness.Wait(_terminal.Ours, null, null, TimeSpan.Zero).Read) continue;
            Flush();
            if (_pause > 4 * ShortestLook) Wake();
        }
        _filter.End(_passed);
        Flush();
    }

    private void Flush()
    {
        // Where both make a new line of a line feed, one of them is enough.
        ReadOnlySpan<byte> left = _passed.WrittenSpan;
        bool bothReturn = TerminalMode.Of(_screen) is { ReturnsAtLineFeed: true }
            && TerminalMode.Of(_terminal.Ours) is { ReturnsAtLineFeed: true };
        while (bothReturn && left.IndexOf("\r\n"u8) is >= 0 and var at)
        {
            _shown.Write(left[..at]);
            _shown.Write("\n"u8);
            left = left[(at + 2)..];
        }
        _shown.Write(left);
        StopForOutput();
        Descriptor.WriteAll(_screen, _shown.WrittenSpan);
        _shown.ResetWrittenCount();
        _passed.ResetWrittenCount();
    }

    private void Serve()
    {
        byte[] typed = new byte[TypedBytes];
        byte[] token = new byte[64];
        ReadOnlyMemory<byte> pending = default;
        while (!_ended)
        {
            bool reads = _takes && pending.IsEmpty && !_isHungUp && IsForeground;
            var (woken, isTyped, takesMore) = Readiness.Wait(
                _wake.Reader, reads ? _keyboard : null, pending.IsEmpty ? null : _terminal.Ours, TimeSpan.FromMilliseconds(_pause));
            if (_ended) return;
            if (woken) _ = Descriptor.Read(_wake.Reader, token);
            _pause = woken || isTyped ? ShortestLook : Math.Min(2 * _pause, LongestLook);
            // Once more: whoever was put into the background meanwhile would be stopped for reading, which is what happens to all.
            if (isTyped && IsForeground)
            {
                if (_writesIntoPipe) TakeLine(typed);
                else
                {
                    int got = Descriptor.Read(_keyboard!, typed);
                    _isHungUp = got == 0;
                    Mirror(typed.AsSpan(0, got));
                    int shown = _wasShown ? ShownOf(typed.AsSpan(0, got), _found is { ReturnsBecomeLineFeeds: true }) : 0;
                    if (shown > 0)
                    {
                        // The end that was typed in lines lies there as a zero, since it was made one of keys (n_tty).
                        if (TerminalMode.Of(_terminal.Ours) is { } mode) typed.AsSpan(0, shown).Replace((byte)0, mode.EndOfInput);
                        HandOnUnseen(typed.AsSpan(0, shown));
                    }
                    pending = typed.AsMemory(shown, got - shown);
                    _wasShown = false;
                }
            }
            if (!pending.IsEmpty && (takesMore || isTyped)) pending = pending[Descriptor.WriteSome(_terminal.Ours, pending.Span)..];
            if (OtherProcess.StateOf(_program) is { State: 'T' }) Suspend();
            else Decide();
        }
    }

    /// <summary>Who has the keys now.</summary>
    private void Decide()
    {
        if (_keyboard is null || _program == 0) return;
        lock (_deciding)
        {
            if (_isHungUp || TerminalMode.Of(_keyboard) is null)
            {
                TellOfTheEnd();
                return;
            }
            bool isForeground = IsForeground, asksKeys = isForeground && !_writesIntoPipe && IsOwnMode;
            bool? waits = asksKeys ? true
                : WaitingForInput.Somebody(_program, _identity, orForAnything: isForeground && !_writesIntoPipe && !_isFed);
            if (!isForeground)
            {
                _takes = false; // the shell has it, as it likes it
                if (waits == true && !_cannotStop) StopForInput();
                return;
            }
            if (waits == true && _isFed && !_isAlone) _isAlone = !Neighbours.AreThere();
            if (!MayAsk) return;
            _looksUntold = waits is null ? _looksUntold + 1 : 0; // at first it is the second stage, of which nobody is told
            bool needs = waits ?? (!_writesIntoPipe && !_isFed && _looksUntold > LooksUntilUntold);
            _looksWithoutNeed = needs ? 0 : _looksWithoutNeed + 1;
            if (needs && (!_takes || IsTakenBack)) Take();
            else if (_takes && (_looksWithoutNeed >= LooksUntilReleased || (_writesIntoPipe && !needs))) Release();
        }
    }

    // Whoever sat there has gone, and who reads reads an end: whatever is typed at it by nobody.
    private void TellOfTheEnd()
    {
        (_isHungUp, _takes) = (true, false);
        if (WaitingForInput.Somebody(_program, _identity, orForAnything: false) == true && TerminalMode.Of(_terminal.Ours) is { } mode)
            _ = Descriptor.WriteSome(_terminal.Ours, [mode.EndOfInput]);
    }

    private void Take()
    {
        if (_keyboard is null || TerminalMode.Of(_keyboard) is not { } now) return;
        (_takes, _looksWithoutNeed) = (true, 0);
        if (_writesIntoPipe) return;
        _found = now;
        _raw = now.Raw();
        _raw.Value.Apply(_keyboard);
        _wasShown = Readiness.Wait(_keyboard, null, null, TimeSpan.Zero).Read;
    }

    // Beside whoever reads what it writes the settings are nobody's to change, and a line is the program's only if all saw it typed: `sudo`
    // and `less` read with others, and a password is theirs. A program that wants keys or a password itself gets none beside them.
    private void TakeLine(Span<byte> typed)
    {
        bool isOpen = TerminalMode.Of(_keyboard!) is { IsOfLines: true } && !IsOwnMode
            && WaitingForInput.Somebody(_program, _identity, orForAnything: false) == true;
        if (!isOpen || TerminalMode.Of(_terminal.Ours) is not { } mode)
        {
            Thread.Sleep(ShortestLook); // it stays there for whoever it is for
            return;
        }
        int got = Descriptor.Read(_keyboard!, typed);
        HandOnUnseen(got == 0 ? [mode.EndOfInput] : typed[..got]);
    }

    // The user's terminal has shown it as it was typed.
    private void HandOnUnseen(ReadOnlySpan<byte> typed)
    {
        if (TerminalMode.Of(_terminal.Ours) is not { } mode) return;
        mode.WithoutEcho().Apply(_terminal.Ours);
        Descriptor.WriteAll(_terminal.Ours, typed);
        // Until somebody has read it: the kernel goes through it in its own time.
        int look = 0;
        do Thread.Sleep(ShortestLook);
        while (++look < LooksUntilRead && WaitingForInput.Somebody(_program, _identity, orForAnything: false) == true);
        if (TerminalMode.Of(_terminal.Ours) == mode.WithoutEcho()) mode.Apply(_terminal.Ours);
    }

    /// <summary>
    /// How much of what lay there after the terminal had been made one of keys was typed, and shown, before. A key that ends a line lies
    /// there as a line feed if it was typed before, and as it is if after; where no line ends nobody can tell, and as a rule it was before.
    /// </summary>
    internal static int ShownOf(ReadOnlySpan<byte> typed, bool returnsBecomeLineFeeds)
    {
        int ends = returnsBecomeLineFeeds ? typed.IndexOf((byte)'\r') : -1;
        return ends < 0 ? typed.Length : typed[..ends].LastIndexOf((byte)'\n') + 1;
    }

    private void Release()
    {
        if (!_takes) return;
        _takes = false;
        Volatile.Write(ref _mirrored, 0);
        if (!_writesIntoPipe && IsForeground && _raw is { } raw && TerminalMode.Of(_keyboard!) is { } now && now == raw)
            _found!.Value.Apply(_keyboard!);
    }

    // The shell that continues a job gives it the terminal as that left it.
    private bool IsTakenBack => !_writesIntoPipe && _raw is { } raw && TerminalMode.Of(_keyboard!) is { } now && now != raw;

    // Until whoever feeds it has ended, what is typed may be for him: he may be about to ask for a password. Who was alone stays so.
    private bool MayAsk => !_isFed || _isAlone;

    private bool IsOwnMode => _given is { } given && TerminalMode.Of(_terminal.Ours) is { } now && now != given;

    // Without a session to which it belongs it is nobody else's.
    private bool IsForeground => ProcessGroup.InForegroundOf(_keyboard ?? _screen) is not { } group || group == ProcessGroup.Own;

    // The keys that interrupt go to all of a job, as they do without us: the script around, `make`, a neighbour.
    private void Mirror(ReadOnlySpan<byte> typed)
    {
        if (TerminalMode.Of(_terminal.Ours) is not { MakesSignals: true } mode || _terminal.Foreground != _program) return;
        if (ProcessGroup.InForegroundOf(_keyboard!) is null) return;
        foreach (byte key in typed)
        {
            int signal = key == 0 ? 0 : key == mode.Interrupt ? SignalDisposition.Interrupt : key == mode.Quit ? SignalDisposition.Quit : 0;
            if (signal == 0) continue;
            Interlocked.Increment(ref _mirrored);
            ProcessGroup.SignalOwn(signal);
        }
    }

    private void Forward(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        if (signal is SignalDisposition.Interrupt) WasInterrupted = true;
        if (signal is not SignalDisposition.TerminalStop) WasToEnd = true;
        bool isOurs = signal is not SignalDisposition.TerminalStop && Interlocked.Decrement(ref _mirrored) >= 0;
        if (isOurs) return;
        if (signal is not SignalDisposition.TerminalStop) Interlocked.Increment(ref _mirrored);
        lock (_ending)
        {
            if (!_isGone) _terminal.Signal(signal);
        }
        Wake();
    }

    // It stopped: so do we, for the shell waits for us. Whoever continues us continues it.
    private void Suspend()
    {
        lock (_deciding) Release();
        using (SignalDisposition.AsUsual(SignalDisposition.TerminalStop)) _ = Stop(SignalDisposition.TerminalStop);
        Resize();
        ProcessGroup.Signal(_program, SignalDisposition.Continue);
        if (_terminal.Foreground is { } group && group != _program) ProcessGroup.Signal(group, SignalDisposition.Continue);
        _pause = ShortestLook;
    }

    // It reads in the background.
    private void StopForInput() => _cannotStop = !Stop(SignalDisposition.TerminalInput);

    // It writes in the background, where `stty tostop` lets nobody. What is continued there stops again.
    private void StopForOutput()
    {
        while (!IsForeground && TerminalMode.Of(_screen) is { StopsBackground: true })
        {
            using (SignalDisposition.AsUsual(SignalDisposition.TerminalOutput))
            {
                if (!Stop(SignalDisposition.TerminalOutput)) return;
            }
        }
    }

    /// <returns>False: nobody is there who would continue us, so the kernel did not stop us.</returns>
    private bool Stop(int signal)
    {
        int before = Volatile.Read(ref _continued);
        ProcessGroup.SignalOwn(signal);
        // The signal may meet another thread first; until we were stopped and continued this one must not go on.
        for (int look = 0; look < LooksUntilContinued && Volatile.Read(ref _continued) == before; look++) Thread.Sleep(ShortestLook);
        return Volatile.Read(ref _continued) != before;
    }

    private void Resize()
    {
        if (Terminal.SizeOf((int)_screen.DangerousGetHandle()) is { } size) _terminal.Resize(size);
    }

    // What a terminal says of itself when the program has gone would be typed to the shell.
    private void DropAnswers()
    {
        byte[] answer = new byte[TypedBytes];
        while (Environment.TickCount64 - _lastAsked < AnswerTime && IsForeground
            && Readiness.Wait(_keyboard, null, null, TimeSpan.FromMilliseconds(100)).Read
            && Descriptor.Read(_keyboard!, answer) > 0) { }
    }

    private void Wake()
    {
        lock (_ending)
        {
            if (!_isGone) _ = Descriptor.WriteSome(_wake.Writer, [1]);
        }
    }
}
