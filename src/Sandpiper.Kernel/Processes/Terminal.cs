using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Whether somebody sits at it, and how much he sees.</summary>
public static partial class Terminal
{
    private const nuint GetWindowSize = 0x5413;     // TIOCGWINSZ: asm-generic/ioctls.h

    /// <summary>
    /// True when standard input, output or error is a terminal. Ctrl-C and job control then work on the program as on any other.
    /// </summary>
    public static bool IsAttached => IsTerminal(0) == 1 || IsTerminal(1) == 1 || IsTerminal(2) == 1;

    /// <summary>The path of the terminal behind standard output; null where that is none.</summary>
    public static string? NameOfOutput => IsTerminal(1) == 1 ? Files.SymbolicLink.Target("/proc/self/fd/1") : null;

    /// <summary>How many columns the terminal behind a descriptor has now; null where it is none, or nobody knows.</summary>
    public static int? Columns(int descriptor) =>
        Control(descriptor, GetWindowSize, out WindowSize size) == 0 && size.Columns > 0 ? size.Columns : null;

    /// <summary><c>struct winsize</c>, asm-generic/termios.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthInPixels;
        public ushort HeightInPixels;
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, out WindowSize size);
}
