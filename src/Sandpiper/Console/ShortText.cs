namespace Sandpiper.Console;

/// <summary>The beginning of a text, where there is no room for the whole.</summary>
internal static class ShortText
{
    /// <param name="most">Characters, at least one; the last one says that there is more.</param>
    public static string Of(string text, int most)
    {
        if (text.Length <= most) return text;
        int shown = most - 1;
        // Half a character would be shown as what it is: none.
        if (shown > 0 && char.IsHighSurrogate(text[shown - 1])) shown--;
        return text[..shown] + "…";
    }
}
