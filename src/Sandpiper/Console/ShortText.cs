namespace Sandpiper.Console;

/// <summary>The beginning of a text, where there is no room for the whole.</summary>
internal static class ShortText
{
    /// <param name="most">Characters, at least one; the last one says that there is more.</param>
    public static string Of(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";
}
