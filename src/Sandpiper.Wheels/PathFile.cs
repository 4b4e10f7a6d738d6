namespace Sandpiper.Wheels;

/// <summary>A <c>.pth</c> file, as the interpreter's <c>site</c> module reads it.</summary>
public static class PathFile
{
    /// <summary>Whether a line begins with <c>import</c> and a space or a tab: such a line is executed whole.</summary>
    /// <remarks>
    /// Python splits lines at a dozen code points, after decoding as UTF-8, with or without a byte order mark, or else in the encoding of
    /// the user's locale. So every byte that is not printable ASCII counts as the end of a line here: a path that merely looks like code
    /// may be called code, never the other way round.
    /// </remarks>
    public static bool RunsCode(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> keyword = "import"u8;
        for (int from = 0; content[from..].IndexOf(keyword) is >= 0 and var found; from += found + keyword.Length)
        {
            int start = from + found;
            int end = start + keyword.Length;
            bool beginsLine = start == 0 || content[start - 1] is < (byte)' ' or > (byte)'~';
            if (beginsLine && end < content.Length && content[end] is (byte)' ' or (byte)'\t') return true;
        }
        return false;
    }
}
