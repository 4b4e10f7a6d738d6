using System.Buffers.Text;
using System.Collections.Frozen;

namespace Sandpiper.Sandbox.Terminals;

/// <summary>A control sequence (CSI) in its parts, and whether it may reach the user's terminal.</summary>
/// <remarks>Names and numbers: xterm's ctlseqs, and the keyboard protocol of kitty.</remarks>
internal readonly ref struct ControlSequence
{
    private const int MostDigits = 5;

    // Cursor keys, columns are not (3), origin, wrapping, blinking, visible; left and right margins; the mouse and how it is told; focus;
    // alternate screen; bracketed paste; synchronized output; colour scheme; size in band.
    private static readonly FrozenSet<int> _privateModes = FrozenSet.ToFrozenSet(
        [1, 5, 6, 7, 8, 9, 12, 25, 45, 47, 66, 69, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016, 1047, 1048, 1049, 2004, 2026, 2027,
            2031, 2048]);

    private ControlSequence(byte prefix, ReadOnlySpan<byte> parameters, byte intermediate, byte final)
    {
        Prefix = prefix;
        Parameters = parameters;
        Intermediate = intermediate;
        Final = final;
    }

    /// <summary>One of <c>&lt; = &gt; ?</c>, or 0.</summary>
    public byte Prefix { get; }

    /// <summary>Digits, semicolons and colons.</summary>
    public ReadOnlySpan<byte> Parameters { get; }

    /// <summary>One of the signs from space to <c>/</c>, or 0.</summary>
    public byte Intermediate { get; }

    public byte Final { get; }

    /// <param name="held">Between <c>CSI</c> and the final byte.</param>
    /// <returns>False when it is built otherwise than any that is known here, or has a number that nobody needs.</returns>
    public static bool TryRead(ReadOnlySpan<byte> held, byte final, out ControlSequence sequence)
    {
        byte prefix = held is [>= (byte)'<' and <= (byte)'?', ..] ? held[0] : (byte)0;
        if (prefix != 0) held = held[1..];
        byte intermediate = held is [.., >= 0x20 and <= 0x2f] ? held[^1] : (byte)0;
        if (intermediate != 0) held = held[..^1];
        sequence = new(prefix, held, intermediate, final);
        int digits = 0;
        foreach (byte b in held)
        {
            if (b is >= (byte)'0' and <= (byte)'9') digits++;
            else if (b is (byte)';' or (byte)':') digits = 0;
            else return false;
            if (digits > MostDigits) return false;
        }
        return true;
    }

    /// <summary>What of it passes; null: nothing.</summary>
    public Judgement? Judge() => (Prefix, Intermediate, Final) switch
    {
        // Where the cursor is, what is there, how it looks.
        (0, 0, >= (byte)'@' and <= (byte)'M' or (byte)'P' or (byte)'S' or (byte)'X' or (byte)'Z' or (byte)'`' or (byte)'a' or (byte)'b'
            or (byte)'d' or (byte)'e' or (byte)'f' or (byte)'g' or (byte)'m' or (byte)'r' or (byte)'s' or (byte)'u') => Whole(),
        (0, 0, (byte)'T') when !Parameters.Contains((byte)';') => Whole(), // with more it follows the mouse
        (0, 0, (byte)'h' or (byte)'l') => Of(mode => mode is 4 or 20),      // not 2, which locks the keyboard
        (0, 0, (byte)'n') when Parameters is [(byte)'5' or (byte)'6'] => Question(),
        (0 or (byte)'>' or (byte)'=', 0, (byte)'c') when IsZeroOrNothing => Question(),
        (0, (byte)' ', (byte)'q') or (0, (byte)'!', (byte)'p') or (0, (byte)'"', (byte)'q') => Whole(),
        (0 or (byte)'?', (byte)'$', (byte)'p') => Question(),
        ((byte)'?', 0, (byte)'h' or (byte)'l') => Of(_privateModes.Contains),
        ((byte)'?', 0, (byte)'J' or (byte)'K') => Whole(),
        ((byte)'?', 0, (byte)'n') when Parameters is [(byte)'6'] or [(byte)'9', (byte)'9', (byte)'6'] => Question(),
        ((byte)'>' or (byte)'<' or (byte)'=', 0, (byte)'u') or ((byte)'>', 0, (byte)'m' or (byte)'n') => Whole(),
        ((byte)'?', 0, (byte)'u') => Question(),
        ((byte)'>', 0, (byte)'q') when IsZeroOrNothing => Question(),
        // Everything else: windows and their titles (t), printers (i), the keyboard's lights (q), what lies on the screen as a checksum
        // (*y), reports that hold what somebody wrote, and whatever will be invented.
        _ => null,
    };

    /// <summary>The numbers among the parameters.</summary>
    public static IEnumerable<int> NumbersIn(ReadOnlySpan<byte> parameters)
    {
        var numbers = new List<int>();
        foreach (Range part in parameters.Split((byte)';'))
        {
            if (Utf8Parser.TryParse(parameters[part], out int number, out int read) && read == parameters[part].Length) numbers.Add(number);
        }
        return numbers;
    }

    private bool IsZeroOrNothing => Parameters is [] or [(byte)'0'];

    private Judgement Whole() => new(Parameters.ToArray(), IsQuestion: false);

    private Judgement Question() => new(Parameters.ToArray(), IsQuestion: true);

    // Of several modes at once those that are known: `ESC [?3;25h` shows the cursor, and the window keeps its width.
    private Judgement? Of(Func<int, bool> isKnown)
    {
        string known = string.Join(';', NumbersIn(Parameters).Where(isKnown));
        return known.Length == 0 ? null : new(System.Text.Encoding.ASCII.GetBytes(known), IsQuestion: false);
    }

    /// <param name="Parameters">Those that pass.</param>
    /// <param name="IsQuestion">The terminal answers it, as if that had been typed.</param>
    public sealed record Judgement(byte[] Parameters, bool IsQuestion);
}
