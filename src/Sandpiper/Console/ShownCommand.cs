namespace Sandpiper.Console;

/// <summary>A command in a sentence: whoever typed it knows it by its beginning, and a script may have a page of it.</summary>
internal static class ShownCommand
{
    private const int MostChars = 32, MostToBeCopied = 400;

    public static string Of(string command) => ShortText.Of(command, MostChars);

    /// <summary>To be typed once more; of a script of several lines, which nobody could copy as it is shown, its program
    /// alone.</summary>
    public static string Again(IReadOnlyList<string> words)
    {
        string all = string.Join(' ', words.Select(InShell.Quoted));
        return all.Length <= MostToBeCopied && !all.Any(char.IsControl) ? all : $"{InShell.Quoted(words[0])} …";
    }
}
