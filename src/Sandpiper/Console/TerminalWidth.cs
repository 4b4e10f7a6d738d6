namespace Sandpiper.Console;

/// <summary>
/// How many columns a terminal has, as it is now: windows are resized. Without bounds where there is none. The base library asks standard
/// output alone, which may be a file.
/// </summary>
internal static class TerminalWidth
{
    public static int OfAnswer() => Of(1);

    public static int OfError() => Of(2);

    private static int Of(int descriptor) => Kernel.Processes.Terminal.Columns(descriptor) ?? int.MaxValue;
}
