using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Console;

/// <summary>What only a person can answer.</summary>
internal static class Question
{
    /// <summary>Somebody sits at a terminal, and sees what is asked.</summary>
    public static bool CanBeAsked => !System.Console.IsInputRedirected && !System.Console.IsErrorRedirected;

    /// <param name="text">With what can be answered.</param>
    /// <returns>What was typed, in small letters; null at the end of input.</returns>
    public static string? Answer(Terminal terminal, string text)
    {
        // Typed for somebody else, before this was asked: a program that has ended, or the shell.
        using (var input = new SafeFileHandle(0, ownsHandle: false)) TerminalMode.DropTyped(input);
        terminal.Note(text);
        terminal.Flush();
        return System.Console.ReadLine()?.Trim().ToLowerInvariant();
    }

    /// <param name="text">Without the choice that follows it.</param>
    /// <returns>False for everything but a yes; whoever cannot be asked has not said it.</returns>
    public static bool IsAffirmed(Terminal terminal, string text)
    {
        if (System.Console.IsInputRedirected) return false;
        return Answer(terminal, $"{text} [y/N] ") is "y" or "yes";
    }
}
