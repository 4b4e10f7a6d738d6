using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Processes;

/// <summary>How a terminal reads and shows (termios(3)), as a value.</summary>
public readonly unsafe struct TerminalMode : IEquatable<TerminalMode>
{
    private const nuint Get = 0x5401, Set = 0x5402, Flush = 0x540b;     // TCGETS, TCSETS, TCFLSH: asm-generic/ioctls.h
    private const int OfInput = 0;                      // TCIFLUSH: asm-generic/termbits.h

    // struct termios of the kernel, asm-generic/termbits.h: four words, a line discipline, 19 characters.
    private const int Bytes = 36, InputFlags = 0, OutputFlags = 4, LocalFlags = 12, Characters = 17;
    private const int Time = 5, Least = 6;              // VTIME, VMIN

    private const uint Translating = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400;    // IGNBRK … IXON
    private const uint ReturnIsLineFeed = 0x100;        // ICRNL
    private const uint Processing = 0x1, Returning = 0x4;   // OPOST, ONLCR
    // ISIG, ICANON, ECHO, ECHONL, IEXTEN
    private const uint Signals = 0x1, Lines = 0x2, Echo = 0x8, EchoOfNewline = 0x40, BackgroundStops = 0x100, Extended = 0x8000;

    private readonly Content _content;

    private TerminalMode(Content content) => _content = content;

    /// <summary>Null where it is no terminal, or it hung up.</summary>
    public static TerminalMode? Of(SafeFileHandle terminal)
    {
        Content content;
        return TerminalCall.Ask(terminal, Get, &content) == 0 ? new(content) : null;
    }

    /// <summary>Forgets what was typed and not yet read (tcflush(3)).</summary>
    public static void DropTyped(SafeFileHandle terminal) => _ = TerminalCall.Ask(terminal, Flush, (void*)OfInput);

    /// <summary>From now on. Whoever is in the background is stopped for that, unless he blocks SIGTTOU.</summary>
    public void Apply(SafeFileHandle terminal)
    {
        Content content = _content;
        _ = TerminalCall.Ask(terminal, Set, &content);
    }

    /// <summary>Lines that are shown as they are typed, and keys that send signals: how a shell leaves a terminal to a program.</summary>
    public bool IsOfLines => (Word(LocalFlags) & (Signals | Lines | Echo)) == (Signals | Lines | Echo);

    /// <summary>A line feed that is written begins a line (ONLCR).</summary>
    public bool ReturnsAtLineFeed => (Word(OutputFlags) & (Processing | Returning)) == (Processing | Returning);

    /// <summary>The key that ends a line is read as a line feed (ICRNL).</summary>
    public bool ReturnsBecomeLineFeeds => (Word(InputFlags) & ReturnIsLineFeed) != 0;

    /// <summary>Who writes to it in the background is stopped (TOSTOP).</summary>
    public bool StopsBackground => (Word(LocalFlags) & BackgroundStops) != 0;

    /// <summary>Keys send signals.</summary>
    public bool MakesSignals => (Word(LocalFlags) & Signals) != 0;

    /// <summary>The key that sends SIGINT; the one that sends SIGQUIT. 0: none.</summary>
    public byte Interrupt => _content[Characters];

    /// <inheritdoc cref="Interrupt"/>
    public byte Quit => _content[Characters + 1];

    /// <summary>The key that ends what is typed.</summary>
    public byte EndOfInput => _content[Characters + 4];

    /// <summary>The same as a program expects it: lines that are shown, keys that send signals.</summary>
    public TerminalMode OfLines()
    {
        Content lines = _content;
        Put(ref lines, InputFlags, ReturnIsLineFeed);
        Put(ref lines, OutputFlags, Processing | Returning);
        Put(ref lines, LocalFlags, Signals | Lines | Echo | Extended);
        return new(lines);
    }

    /// <summary>The same, and what is typed is not shown.</summary>
    public TerminalMode WithoutEcho()
    {
        Content quiet = _content;
        Clear(ref quiet, LocalFlags, Echo);
        return new(quiet);
    }

    /// <summary>The same with every key handed on as it is pressed, unseen, and what is written shown as it is.</summary>
    public TerminalMode Raw()
    {
        Content raw = _content;
        Clear(ref raw, InputFlags, Translating);
        Clear(ref raw, OutputFlags, Processing);
        Clear(ref raw, LocalFlags, Signals | Lines | Echo | EchoOfNewline | Extended);
        raw[Characters + Least] = 1;
        raw[Characters + Time] = 0;
        return new(raw);
    }

    public bool Equals(TerminalMode other) => ((ReadOnlySpan<byte>)_content).SequenceEqual(other._content);

    public static bool operator ==(TerminalMode left, TerminalMode right) => left.Equals(right);

    public static bool operator !=(TerminalMode left, TerminalMode right) => !left.Equals(right);

    public override bool Equals(object? obj) => obj is TerminalMode other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_content);
        return hash.ToHashCode();
    }

    private static void Clear(ref Content content, int at, uint flags)
    {
        Span<byte> word = ((Span<byte>)content).Slice(at, sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(word, BinaryPrimitives.ReadUInt32LittleEndian(word) & ~flags);
    }

    private static void Put(ref Content content, int at, uint flags)
    {
        Span<byte> word = ((Span<byte>)content).Slice(at, sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(word, BinaryPrimitives.ReadUInt32LittleEndian(word) | flags);
    }

    private uint Word(int at) => BinaryPrimitives.ReadUInt32LittleEndian(((ReadOnlySpan<byte>)_content)[at..]);

    [InlineArray(Bytes)]
    private struct Content
    {
        private byte _first;
    }
}
