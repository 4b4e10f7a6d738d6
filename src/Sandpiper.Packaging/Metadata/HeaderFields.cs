using System.Buffers;
using System.Text;

namespace Sandpiper.Packaging.Metadata;

/// <summary>
/// Walks the header fields of METADATA, PKG-INFO or WHEEL as Python's <c>email</c> package (policy <c>compat32</c>) does, which is what
/// the standard names as the format. The body, behind the first line that is no field, is left alone.
/// </summary>
/// <remarks>Over bytes: an author's name in some old encoding must not keep the rest from being read.</remarks>
internal ref struct HeaderFields(ReadOnlySpan<byte> content)
{
    private readonly ReadOnlySpan<byte> _content = content;
    private int _position;      // start of a line
    private Range _name;
    private Range _value;

    /// <summary>The field's name in lower case: names are the same in any case.</summary>
    public readonly string Name => Encoding.ASCII.GetString(_content[_name]).ToLowerInvariant();

    /// <summary>The same without making a text: where it fits into <paramref name="place"/>, else nothing.</summary>
    public readonly ReadOnlySpan<char> NameIn(Span<char> place) =>
        Ascii.ToLower(_content[_name], place, out int length) == OperationStatus.Done ? place[..length] : [];

    /// <summary>What the field says, continued lines joined, white space around it removed; U+FFFD where it is not UTF-8.</summary>
    public readonly string Value
    {
        get
        {
            // Nearly every field is one line without anything odd in it, and there are many: no text is made but the one that is wanted.
            ReadOnlySpan<byte> plain = _content[_value].Trim(" \t\r\n"u8);
            return plain.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0
                ? Encoding.ASCII.GetString(plain)
                : Encoding.UTF8.GetString(_content[_value]).ReplaceLineEndings(" ").Trim();
        }
    }

    /// <summary>Goes on to the next field; false at the end of the header.</summary>
    public bool TryNext()
    {
        while (TryPeekHeaderLine(out int start, out int colon, out int next))
        {
            _position = next;
            if (colon == start) continue;       // an envelope line, a continuation of nothing, a field without a name: email skips them
            while (_position < _content.Length && IsBlank(_content[_position])) _position = EndOfLine(_position);
            _name = start..colon;
            _value = (colon + 1).._position;
            return true;
        }
        return false;
    }

    // A line of the header begins with a name and a colon, or continues the line before (feedparser.headerRE).
    private readonly bool TryPeekHeaderLine(out int start, out int colon, out int next)
    {
        start = colon = _position;
        next = EndOfLine(start);
        if (start < _content.Length && (IsBlank(_content[start]) || _content[start..].StartsWith("From "u8))) return true;
        int length = _content[start..next].IndexOfAnyExceptInRange((byte)'!', (byte)'~');
        int end = length < 0 ? next : start + length;
        int name = _content[start..end].IndexOf((byte)':');
        colon = start + name;
        return name >= 0;
    }

    // CR, LF and CR LF all end a line: email reads with universal line ends.
    private readonly int EndOfLine(int start)
    {
        int length = _content[start..].IndexOfAny((byte)'\r', (byte)'\n');
        if (length < 0) return _content.Length;
        int end = start + length;
        return _content[end..].StartsWith("\r\n"u8) ? end + 2 : end + 1;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t';
}
