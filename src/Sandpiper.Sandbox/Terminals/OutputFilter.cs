using System.Buffers;
using System.Text;

namespace Sandpiper.Sandbox.Terminals;

/// <summary>
/// What a program writes to its terminal, on the way to the user's: text and what full-screen programs need passes, letter by letter as it
/// came; what would do something to the user outside of the picture does not.
/// </summary>
/// <remarks>
/// A parser of its own (ECMA-48; Williams, "A parser for DEC's ANSI-compatible video terminals") that is stricter than any terminal:
/// nothing of a sequence is let through before all of it was judged, and what is not known here is dropped. So a terminal can never be
/// in the middle of a sequence that this one takes for text. A sequence may be split between writes at any byte; at most
/// <see cref="MostCommandBytes"/> are held back. Text is UTF-8: what is none becomes U+FFFD, for 0x80 to 0x9f are controls to some
/// terminals.
/// </remarks>
public sealed class OutputFilter
{
    private const byte Escape = 0x1b, Bell = 0x07, Cancel = 0x18, Substitute = 0x1a, Delete = 0x7f;
    private const int MostSequenceBytes = 128, MostCommandBytes = 4096;

    // Nothing in it moves more than the cursor: what passes without a look.
    private static readonly SearchValues<byte> _plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(c => (byte)c), (byte)'\n', (byte)'\r', (byte)'\t']);

    // BEL BS HT LF VT FF CR SO SI. Others mean nothing (NUL), stop a line (DC3) or ask who is there (ENQ).
    private static readonly SearchValues<byte> _harmlessControls = SearchValues.Create(7, 8, 9, 10, 11, 12, 13, 14, 15);

    private readonly byte[] _held = new byte[MostCommandBytes];
    private readonly LeftModes _modes = new();
    private int _length;
    private State _state;
    private byte _intermediate;

    // Of a character of several bytes: how many are still to come, and between which values the next one has to lie.
    private int _missing;
    private byte _from, _to;

    /// <summary>
    /// Whether what the terminal answers would be the program's to read. Where it is not, nothing that is answered passes.
    /// </summary>
    public bool MayAsk { get; set; }

    /// <summary>How many questions passed that a terminal answers as if the answer had been typed.</summary>
    public long Asked { get; private set; }

    private enum State
    {
        Text,
        Character,
        Escape,
        EscapeIntermediate,
        EscapeIgnored,
        Sequence,
        SequenceIgnored,
        Command,
        CommandEscape,
        Swallowed,
        SwallowedEscape,
    }

    /// <param name="written">By the program.</param>
    /// <param name="into">What of it may reach the terminal, with what was held back before.</param>
    public void Pass(ReadOnlySpan<byte> written, ArrayBufferWriter<byte> into)
    {
        while (!written.IsEmpty)
        {
            if (_state is State.Text)
            {
                int plain = written.IndexOfAnyExcept(_plain);
                if (plain < 0) plain = written.Length;
                into.Write(written[..plain]);
                written = written[plain..];
                if (written.IsEmpty) return;
            }
            else if (_state is State.Swallowed)
            {
                int end = written.IndexOfAny(Escape, Cancel, Substitute);
                if (end < 0) return;
                written = written[end..];
            }
            Take(written[0], into);
            written = written[1..];
        }
    }

    /// <summary>No more comes: half a sequence is dropped, and what was switched on and not off again is put right.</summary>
    public void End(ArrayBufferWriter<byte> into)
    {
        _state = State.Text;
        _modes.PutBack(into);
    }

    private void Take(byte b, ArrayBufferWriter<byte> into)
    {
        switch (_state)
        {
            case State.Text: TakeText(b, into); break;
            case State.Character: TakeCharacter(b, into); break;
            case State.Escape: TakeEscape(b, into); break;
            case State.EscapeIntermediate or State.EscapeIgnored: TakeIntermediate(b, into); break;
            case State.Sequence or State.SequenceIgnored: TakeSequence(b, into); break;
            case State.Command: TakeCommand(b, into); break;
            case State.Swallowed:
                if (b is Escape) _state = State.SwallowedEscape;
                else if (b is Cancel or Substitute) _state = State.Text;
                break;
            default: EndString(b, into); break;
        }
    }

    private void TakeText(byte b, ArrayBufferWriter<byte> into)
    {
        if (b is Escape) _state = State.Escape;
        else if (b is >= 0x20 and < Delete || _harmlessControls.Contains(b))
        {
            _modes.SeeControl(b);
            into.Write([b]);
        }
        else if (b >= 0x80) BeginCharacter(b, into);
    }

    // Unicode, table 3-7: well-formed UTF-8.
    private void BeginCharacter(byte b, ArrayBufferWriter<byte> into)
    {
        _missing = b switch { >= 0xc2 and <= 0xdf => 1, >= 0xe0 and <= 0xef => 2, >= 0xf0 and <= 0xf4 => 3, _ => 0 };
        _from = b switch { 0xe0 => 0xa0, 0xf0 => 0x90, _ => 0x80 };
        _to = b switch { 0xed => 0x9f, 0xf4 => 0x8f, _ => 0xbf };
        if (_missing == 0)
        {
            into.Write("\uFFFD"u8);
            return;
        }
        (_held[0], _length, _state) = (b, 1, State.Character);
    }

    private void TakeCharacter(byte b, ArrayBufferWriter<byte> into)
    {
        if (b < _from || b > _to)
        {
            into.Write("\uFFFD"u8);
            Again(b, into);
            return;
        }
        _held[_length++] = b;
        _missing--;
        (_from, _to) = (0x80, 0xbf);
        if (_missing > 0) return;
        _state = State.Text;
        _ = Rune.DecodeFromUtf8(_held.AsSpan(0, _length), out Rune rune, out _);
        switch (rune.Value)
        {
            case <= 0x9f: into.Write("\uFFFD"u8); break; // a control of eight bits, in two bytes
            // They turn around what is read: a line that is not what it looks like (CVE-2021-42574).
            case >= 0x202a and <= 0x202e or >= 0x2066 and <= 0x2069: into.Write(Encoding.ASCII.GetBytes($"\\u{{{rune.Value:x}}}")); break;
            default: into.Write(_held.AsSpan(0, _length)); break;
        }
    }

    private void TakeEscape(byte b, ArrayBufferWriter<byte> into)
    {
        (_length, _state) = (0, b switch
        {
            Escape => State.Escape,
            (byte)'[' => State.Sequence,
            (byte)']' => State.Command,
            // DCS, SOS, PM, APC; and `ESC k`, a title of screen's. In them are pictures, files, and what is meant for a terminal further
            // outside.
            (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_' or (byte)'k' => State.Swallowed,
            >= 0x20 and <= 0x2f => State.EscapeIntermediate,
            _ => State.Text,
        });
        if (_state is State.EscapeIntermediate) _intermediate = b;
        if (_state is not State.Text) return;
        // Save and restore the cursor, keypad, index, next line, tab stop, reverse index, reset.
        if ("78=>DEHMc"u8.Contains(b))
        {
            _modes.SeeEscape(b);
            into.Write([Escape, b]);
        }
        else if (IsOutside(b)) Again(b, into);
    }

    private void TakeIntermediate(byte b, ArrayBufferWriter<byte> into)
    {
        switch (b)
        {
            case >= 0x20 and <= 0x2f:
                _state = State.EscapeIgnored;
                break;
            case >= 0x30 and < Delete:
                // Character sets of 94 signs, lines drawn among them; sizes of a line. Not `ESC %`, which leaves UTF-8.
                bool passes = _state is State.EscapeIntermediate && (_intermediate switch
                {
                    (byte)'(' or (byte)')' or (byte)'*' or (byte)'+' => char.IsAsciiLetterOrDigit((char)b),
                    (byte)'#' => b is >= (byte)'3' and <= (byte)'6' or (byte)'8',
                    _ => false,
                });
                _state = State.Text;
                if (!passes) break;
                _modes.SeeCharacterSet(_intermediate, b);
                into.Write([Escape, _intermediate, b]);
                break;
            default:
                Again(b, into);
                break;
        }
    }

    private void TakeSequence(byte b, ArrayBufferWriter<byte> into)
    {
        switch (b)
        {
            case >= 0x20 and <= 0x3f:
                if (_length < MostSequenceBytes) _held[_length++] = b;
                else _state = State.SequenceIgnored;
                break;
            case >= 0x40 and < Delete:
                bool isWhole = _state is State.Sequence;
                _state = State.Text;
                if (!isWhole || !ControlSequence.TryRead(_held.AsSpan(0, _length), b, out ControlSequence sequence)) break;
                if (sequence.Judge() is not { } judged || (judged.IsQuestion && !MayAsk)) break;
                if (judged.IsQuestion) Asked++;
                _modes.SeeSequence(sequence, judged.Parameters);
                into.Write([Escape, (byte)'[']);
                if (sequence.Prefix != 0) into.Write([sequence.Prefix]);
                into.Write(judged.Parameters);
                if (sequence.Intermediate != 0) into.Write([sequence.Intermediate]);
                into.Write([b]);
                break;
            default:
                Again(b, into);
                break;
        }
    }

    private void TakeCommand(byte b, ArrayBufferWriter<byte> into)
    {
        switch (b)
        {
            case Bell: EndCommand([Bell], into); break;
            case Escape: _state = State.CommandEscape; break;
            case < 0x20 or Delete: Again(b, into); break; // nobody writes one over several lines: who does not end it loses one line
            default:
                if (_length < MostCommandBytes) _held[_length] = b;
                _length = Math.Min(_length + 1, MostCommandBytes + 1);
                break;
        }
    }

    private void EndCommand(ReadOnlySpan<byte> terminator, ArrayBufferWriter<byte> into)
    {
        _state = State.Text;
        if (_length > MostCommandBytes) return;
        ReadOnlySpan<byte> command = _held.AsSpan(0, _length);
        if (SystemCommand.Judge(command) is not { } judged || (judged.IsQuestion && !MayAsk)) return;
        if (judged.IsQuestion) Asked++;
        _modes.SeeCommand(judged.Number, command);
        into.Write([Escape, (byte)']']);
        into.Write(command);
        into.Write(terminator);
    }

    // `ESC \` ends a string; any other escape breaks it off and begins anew.
    private void EndString(byte b, ArrayBufferWriter<byte> into)
    {
        if (b is not (byte)'\\')
        {
            _state = State.Escape;
            TakeEscape(b, into);
        }
        else if (_state is State.CommandEscape) EndCommand([Escape, (byte)'\\'], into);
        else _state = State.Text;
    }

    // What belongs to no sequence breaks it off, and counts for itself.
    private void Again(byte b, ArrayBufferWriter<byte> into)
    {
        _state = State.Text;
        TakeText(b, into);
    }

    private static bool IsOutside(byte b) => b is < 0x20 or >= Delete;
}
