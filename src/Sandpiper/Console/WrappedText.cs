namespace Sandpiper.Console;

/// <summary>Where a text that is longer than a line goes on in the next.</summary>
internal static class WrappedText
{
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
}
