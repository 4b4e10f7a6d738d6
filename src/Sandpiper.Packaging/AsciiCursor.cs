using System.Text;

namespace Sandpiper.Packaging;

/// <summary>Walks text once, by ASCII rules. When a step fails, <see cref="Position"/> is where the trouble is.</summary>
internal ref struct AsciiCursor(ReadOnlySpan<char> text)
{
    private const int MaxDigits = 18;   // PEP 440 sets no bound; 18 fit a ulong without an overflow check per digit

    private readonly ReadOnlySpan<char> _text = text;

    public int Position { get; set; }

    public readonly bool AtEnd => Position == _text.Length;

    /// <summary>The character here, or NUL at the end.</summary>
    public readonly char Current => AtEnd ? '\0' : _text[Position];

    public readonly ReadOnlySpan<char> Rest => _text[Position..];

    public readonly ReadOnlySpan<char> Since(int start) => _text[start..Position];

    public readonly ParseProblem Problem(string expected) => new(Position, expected);

    public bool TryTake(char wanted)
    {
        if (AtEnd || _text[Position] != wanted) return false;
        Position++;
        return true;
    }

    /// <summary>Takes <paramref name="word"/> as it stands, whatever follows it.</summary>
    public bool TryTake(string word)
    {
        if (!Rest.StartsWith(word, StringComparison.Ordinal)) return false;
        Position += word.Length;
        return true;
    }

    /// <summary>Takes a lower-case ASCII <paramref name="word"/> in any case.</summary>
    public bool TryTakeIgnoringCase(string word)
    {
        if (!Ascii.EqualsIgnoreCase(Rest[..Math.Min(word.Length, Rest.Length)], word)) return false;
        Position += word.Length;
        return true;
    }

    // Not char.IsDigit: it takes every Unicode digit, and "1.٣" is no version (PEP 440, appendix B: [0-9]).
    public bool TryTakeNumber(out ulong number)
    {
        number = 0;
        int start = Position;
        while (char.IsAsciiDigit(Current))
        {
            if (Position - start == MaxDigits) return false;
            number = number * 10 + (uint)(_text[Position++] - '0');
        }
        return Position > start;
    }

    /// <summary>Takes every character that fits, perhaps none.</summary>
    public ReadOnlySpan<char> TakeWhile(Func<char, bool> fits)
    {
        int start = Position;
        while (!AtEnd && fits(_text[Position])) Position++;
        return Since(start);
    }

    /// <summary>Skips spaces and tabs, the only white space within a requirement (PyPA "Dependency specifiers": <c>wsp</c>).</summary>
    public bool SkipBlanks()
    {
        int start = Position;
        while (Current is ' ' or '\t') Position++;
        return Position > start;
    }
}
