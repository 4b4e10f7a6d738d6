namespace Sandpiper.Console;

/// <summary>How many columns the terminal behind standard error has. The base library asks standard output, which may be a file.</summary>
internal static class TerminalWidth
{
    private const int StandardError = 2;

    /// <summary>As it is now: windows are resized. Without bounds where nobody knows.</summary>
    public static int Now() => Kernel.Processes.Terminal.Columns(StandardError) ?? int.MaxValue;
}
