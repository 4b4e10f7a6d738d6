using System.Runtime.InteropServices;

namespace Sandpiper.Console;

/// <summary>How many columns the terminal behind standard error has. The base library asks standard output, which may be a file.</summary>
internal static partial class TerminalWidth
{
    private const int StandardError = 2;
    private const nuint GetWindowSize = 0x5413;     // TIOCGWINSZ: asm-generic/ioctls.h

    /// <summary>As it is now: windows are resized. Without bounds where nobody knows.</summary>
    public static int Now() => Control(StandardError, GetWindowSize, out WindowSize size) == 0 && size.Columns > 0
        ? size.Columns : int.MaxValue;

    /// <summary><c>struct winsize</c>, asm-generic/termios.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthInPixels;
        public ushort HeightInPixels;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int file, nuint request, out WindowSize size);
}
