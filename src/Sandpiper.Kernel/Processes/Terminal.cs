using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Whether somebody sits at it.</summary>
public static partial class Terminal
{
    /// <summary>True when standard input, output or error is a terminal. Ctrl-C and job control then work on the program as on any other.</summary>
    public static bool IsAttached => IsTerminal(0) == 1 || IsTerminal(1) == 1 || IsTerminal(2) == 1;

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);
}
