namespace Sandpiper.Console;

/// <summary>A command in a sentence: whoever typed it knows it by its beginning, and a script may have a page of it.</summary>
internal static class ShownCommand
{
    private const int MostChars = 32;

    public static string Of(string command) => ShortText.Of(command, MostChars);
}
