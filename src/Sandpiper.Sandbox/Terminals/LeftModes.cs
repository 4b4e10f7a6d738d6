using System.Buffers;
using System.Text;

namespace Sandpiper.Sandbox.Terminals;

/// <summary>
/// What a program switched on at the terminal and did not switch off: a mouse that types, a screen that is not the shell's, letters in the
/// colour of the paper. It ends with the program.
/// </summary>
internal sealed class LeftModes
{
    private const byte ShiftOut = 0x0e, ShiftIn = 0x0f;
    private const int TabStops = 64;    // every eighth column of a wide screen; what lies beyond its edge is a stop at its edge

    // On as a terminal begins; all others are off.
    private static readonly int[] _usuallyOn = [7, 8, 25];

    private readonly SortedSet<int> _private = [];
    private readonly SortedSet<int> _colours = [];
    private bool _insert, _newLine, _keypad, _look, _margins, _cursor, _otherKeys, _keyboardFlags, _shifted, _link, _tabs;
    private readonly SortedSet<byte> _sets = [];
    private int _keyboards;

    public void SeeControl(byte b)
    {
        if (b is ShiftOut or ShiftIn) _shifted = b is ShiftOut;
    }

    public void SeeEscape(byte b)
    {
        if (b is (byte)'H') _tabs = true;
        if (b is (byte)'=' or (byte)'>') _keypad = b is (byte)'=';
        if (b is (byte)'c') Forget();
    }

    public void SeeCharacterSet(byte which, byte set)
    {
        if (which is (byte)'#') return;
        if (set is (byte)'B') _sets.Remove(which);
        else _sets.Add(which);
    }

    public void SeeCommand(int number, ReadOnlySpan<byte> command)
    {
        switch (number)
        {
            case 8: _link = !command.EndsWith(";"u8) || command.Count((byte)';') != 2; break;
            case 4 when command.IndexOf((byte)'?') < 0: _colours.Add(number); break;
            case < 100 when command.IndexOf((byte)'?') < 0:
                for (int next = 0; next < command.Count((byte)';'); next++) _colours.Add(number + next);
                break;
            case > 100 when number is not 104 || command.Length == 3: _colours.Remove(number - 100); break;
        }
    }

    public void SeeSequence(in ControlSequence sequence, ReadOnlySpan<byte> parameters)
    {
        switch (sequence.Prefix, sequence.Intermediate, sequence.Final)
        {
            case ((byte)'?', 0, (byte)'h' or (byte)'l'):
                foreach (int mode in ControlSequence.NumbersIn(parameters))
                {
                    // Saving the cursor leaves nothing; an update that is held back ends by itself.
                    if (mode is 1048 or 2026) continue;
                    if (sequence.Final is (byte)'h' == _usuallyOn.Contains(mode)) _private.Remove(mode);
                    else _private.Add(mode);
                }
                break;
            case (0, 0, (byte)'h' or (byte)'l'):
                foreach (int mode in ControlSequence.NumbersIn(parameters))
                {
                    if (mode is 4) _insert = sequence.Final is (byte)'h';
                    else _newLine = sequence.Final is (byte)'h';
                }
                break;
            case (0, 0, (byte)'m'): _look = !(parameters.IsEmpty || parameters is [(byte)'0']); break;
            case (0, 0, (byte)'g'): _tabs = true; break;
            case (0, 0, (byte)'r'): _margins = !parameters.IsEmpty; break;
            case (0, (byte)' ', (byte)'q'): _cursor = !(parameters.IsEmpty || parameters is [(byte)'0']); break;
            case ((byte)'>', 0, (byte)'m'): _otherKeys = true; break;
            case ((byte)'>', 0, (byte)'u'): _keyboards = Math.Min(_keyboards + 1, 64); break;
            case ((byte)'<', 0, (byte)'u'):
                _keyboards = Math.Max(0, _keyboards - ControlSequence.NumbersIn(parameters).FirstOrDefault(1));
                break;
            case ((byte)'=', 0, (byte)'u'): _keyboardFlags = true; break;
        }
    }

    /// <summary>Writes what puts all of it right; nothing where all is.</summary>
    public void PutBack(ArrayBufferWriter<byte> into)
    {
        var text = new StringBuilder();
        if (_link) text.Append("\e]8;;\e\\");
        if (_keyboards > 0) text.Append("\e[<").Append(_keyboards).Append('u');
        if (_keyboardFlags) text.Append("\e[=0u");
        if (_otherKeys) text.Append("\e[>4m");
        // The screen is given back last: what belongs to the other one ends on that.
        foreach (int mode in _private.OrderBy(mode => mode is 47 or 1047 or 1049))
            text.Append("\e[?").Append(mode).Append(_usuallyOn.Contains(mode) ? 'h' : 'l');
        if (_insert) text.Append("\e[4l");
        if (_newLine) text.Append("\e[20l");
        if (_keypad) text.Append("\e>");
        if (_margins) text.Append("\e7\e[r\e8"); // which puts the cursor into the corner
        // Nobody can ask where they were: as a terminal begins.
        if (_tabs) text.Append("\e7\r\e[3g").Insert(text.Length, "\e[8C\eH", TabStops).Append("\e8");
        foreach (byte which in _sets) text.Append('\e').Append((char)which).Append('B');
        if (_shifted) text.Append((char)ShiftIn);
        if (_look) text.Append("\e[0m");
        if (_cursor) text.Append("\e[0 q");
        foreach (int number in _colours) text.Append("\e]").Append(100 + number).Append("\e\\");
        into.Write(Encoding.ASCII.GetBytes(text.ToString()));
        Forget();
    }

    private void Forget()
    {
        _private.Clear();
        _colours.Clear();
        _sets.Clear();
        _insert = _newLine = _keypad = _look = _margins = _cursor = _otherKeys = _keyboardFlags = _shifted = _link = _tabs = false;
        _keyboards = 0;
    }
}
