namespace Sandpiper.Console;

/// <summary>Where a text that is longer than a line goes on in the next.</summary>
internal static class WrappedText
{
    /// <summary>Between what is said and the command that comes next.</summary>
    public const string ThenCommand = " ·  ";

    /// <summary>Its lines, none wider than <paramref name="width"/> but for a word that is: it stays whole, to be copied.</summary>
    public static IEnumerable<string> Of(string text, int width) => LinesOf(text, width, indent: 0).Select(line => text[line]);

    /// <summary>The same as parts of the text, whatever stands between them being spaces.</summary>
    /// <param name="indent">How much narrower every line but the first is. It begins with no space of its own.</param>
    public static IEnumerable<Range> LinesOf(string text, int width, int indent)
    {
        int start = 0, room = width;
        int word = text.AsSpan().IndexOfAnyExcept(' ');     // what stands before it is the first line's own indentation
        while (word >= 0 && text.Length - start > room)
        {
            int end = word < start + room ? text.LastIndexOf(' ', start + room, start + room - word + 1) : -1;
            if (end < 0) end = text.IndexOf(' ', Math.Max(word, start + room));
            int next = end < 0 ? -1 : text.AsSpan(end).IndexOfAnyExcept(' ');
            if (next < 0) break;
            yield return start..(text.AsSpan(0, end).LastIndexOfAnyExcept(' ') + 1);
            (start, word, room) = (end + next, end + next, Math.Max(1, width - indent));
        }
        yield return start..text.Length;
    }

    /// <summary>
    /// The same of a note that may end with a command (<c>black was not allowed to write here ·  sandpiper allow …</c>). Where the whole
    /// does not fit the command is a line by itself, be it longer than that: broken, it could not be copied.
    /// </summary>
    public static IEnumerable<Range> WithCommand(string text, int width, int indent)
    {
        if (text.Length <= width) return [0..text.Length];
        int lead = text.IndexOf(ThenCommand, StringComparison.Ordinal);
        if (lead < 0) return LinesOf(text, width, indent);
        if (string.IsNullOrWhiteSpace(text[..lead])) return [0..text.Length];
        return [.. LinesOf(text[..lead], width, indent), (lead + ThenCommand.Length)..text.Length];
    }
}
