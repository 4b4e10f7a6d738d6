using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Console;

/// <summary>What only a person can answer.</summary>
internal static class Question
{
    /// <summary>Somebody sits at a terminal, and sees what is asked.</summary>
    public static bool CanBeAsked => !System.Console.IsInputRedirected && !System.Console.IsErrorRedirected;

    private const int MostBytes = 4096;     // in a line, n_tty(4)
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);     // is it still wanted?

    /// <param name="text">With what can be answered.</param>
    /// <param name="cancel">Of a command for which Ctrl-C is a wish: it is the answer as well.</param>
    /// <returns>What was typed, in small letters; null at the end of input.</returns>
    /// <exception cref="OperationCanceledException">It was Ctrl-C.</exception>
    public static string? Answer(Terminal terminal, string text, CancellationToken cancel = default)
    {
        using var input = new SafeFileHandle(0, ownsHandle: false);
        // Typed for somebody else, before this was asked: a program that has ended, or the shell.
        TerminalMode.DropTyped(input);
        terminal.Problem(text);     // with -q as well: otherwise nobody knew what is waited for
        terminal.Flush();
        return Line(input, cancel)?.Trim().ToLowerInvariant();
    }

    /// <param name="text">Without the choice that follows it.</param>
    /// <returns>False for everything but a yes; whoever cannot be asked has not said it.</returns>
    /// <inheritdoc cref="Answer" path="/exception"/>
    public static bool IsAffirmed(Terminal terminal, string text, CancellationToken cancel = default)
    {
        if (System.Console.IsInputRedirected) return false;
        return Answer(terminal, $"{text} [y/N] ", cancel) is "y" or "yes";
    }

    // Not by the base library: once begun, its reading ends for no signal.
    private static string? Line(SafeFileHandle input, CancellationToken cancel)
    {
        byte[] line = new byte[MostBytes];
        int length = 0;
        while (length < line.Length)
        {
            cancel.ThrowIfCancellationRequested();
            if (!Readiness.Wait(input, alsoRead: null, write: null, Look).Read) continue;
            int count = Descriptor.Read(input, line.AsSpan(length));
            if (count == 0) return length == 0 ? null : Encoding.UTF8.GetString(line, 0, length);
            length += count;
            if (line.AsSpan(length - count, count).ContainsAny((byte)'\n', (byte)'\r')) break;
        }
        return Encoding.UTF8.GetString(line, 0, length);
    }
}
