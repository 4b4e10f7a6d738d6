namespace Sandpiper.Console;

/// <summary>What only a person can answer.</summary>
internal static class Question
{
    /// <param name="text">Without the choice that follows it.</param>
    /// <returns>False for everything but a yes; whoever cannot be asked has not said it.</returns>
    public static bool IsAffirmed(Terminal terminal, string text)
    {
        if (System.Console.IsInputRedirected) return false;
        terminal.Note($"{text} [y/N] ");
        terminal.Flush();
        return System.Console.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
