namespace Sandpiper.Packaging;

/// <summary>Walks a text once. When a step fails, <see cref="Position"/> is where the trouble is.</summary>
internal ref struct AsciiCursor(ReadOnlySpan<char> text)
{
    /// <summary>PEP 440 sets no bound; 18 digits fit a ulong without an overflow check per digit.</summary>
    public const int MaxDigits = 18;

    private readonly ReadOnlySpan<char> _text = text;

    public int Position { get; set; }

    public readonly bool AtEnd => Position == _text.Length;

    /// <summary>The next character, or NUL at the end.</summary>
    public readonly char Peek => AtEnd ? '\0' : _text[Position];

    public readonly ReadOnlySpan<char> Rest => _text[Position..];

    public readonly ReadOnlySpan<char> From(int start) => _text[start..Position];

    public bool TryTake(char wanted)
    {
        if (AtEnd || _text[Position] != wanted) return false;
        Position++;
        return true;
    }

    /// <summary>Takes <paramref name="word"/>, ASCII letters in either case.</summary>
    public bool TryTakeWord(ReadOnlySpan<char> word)
    {
        if (!System.Text.Ascii.EqualsIgnoreCase(Rest[..Math.Min(word.Length, Rest.Length)], word)) return false;
        Position += word.Length;
        return true;
    }

    public bool TryTakeAnyOf(ReadOnlySpan<char> characters)
    {
        if (AtEnd || !characters.Contains(_text[Position])) return false;
        Position++;
        return true;
    }

    // Not char.IsDigit: it takes every Unicode digit, and "1.٣" is no version (PEP 440, appendix B: [0-9]).
    public bool TryTakeNumber(out ulong number)
    {
        number = 0;
        int start = Position;
        while (!AtEnd && char.IsAsciiDigit(_text[Position]))
        {
            if (Position - start == MaxDigits) return false;
            number = number * 10 + (uint)(_text[Position++] - '0');
        }
        return Position > start;
    }

    /// <summary>Blanks and tabs; requirements never span lines.</summary>
    public void SkipBlanks()
    {
        while (!AtEnd && _text[Position] is ' ' or '\t') Position++;
    }

    public void TakeWhile(Func<char, bool> fits)
    {
        while (!AtEnd && fits(_text[Position])) Position++;
    }
}
