using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Whether somebody sits at it, and how much he sees.</summary>
public static partial class Terminal
{
    private const nuint GetWindowSize = 0x5413;     // TIOCGWINSZ: asm-generic/ioctls.h

    internal const nuint SetWindowSize = 0x5414;    // TIOCSWINSZ

    /// <summary>Whether a standard stream is one.</summary>
    public static bool Is(int descriptor) => IsTerminal(descriptor) == 1;

    /// <summary>How large it is; null where it is none.</summary>
    public static WindowSize? SizeOf(int descriptor) => Control(descriptor, GetWindowSize, out WindowSize size) == 0 ? size : null;

    /// <summary>How many columns the terminal behind a descriptor has now; null where it is none, or nobody knows.</summary>
    public static int? Columns(int descriptor) =>
        Control(descriptor, GetWindowSize, out WindowSize size) == 0 && size.Columns > 0 ? size.Columns : null;

    /// <summary><c>struct winsize</c>, asm-generic/termios.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public record struct WindowSize
    {
        internal ushort Rows;
        internal ushort Columns;
        internal ushort WidthInPixels;
        internal ushort HeightInPixels;
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, out WindowSize size);
}
