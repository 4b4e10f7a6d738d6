using System.Runtime.InteropServices;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Programs;

/// <summary>The first three descriptors, which everybody writes to by number.</summary>
public static partial class StandardStreams
{
    private const int LastOfThem = 2;
    private const int ReadWrite = 2;    // O_RDWR, asm-generic/fcntl.h

    /// <summary>
    /// Puts <c>/dev/null</c> where the caller closed one. Otherwise the next file opened would get its number, and an answer or an error
    /// would be written into it.
    /// </summary>
    public static void FillGaps()
    {
        int opened;
        do opened = Open("/dev/null", ReadWrite); while (opened is >= 0 and <= LastOfThem);
        if (opened >= 0) _ = Close(opened);
    }

    /// <summary>
    /// .NET puts the terminal right whenever it is continued. Done from the background (<c>bg</c>), that would stop everybody in our process
    /// group once more, the program of <c>run</c> included; whoever blocks the signal may do it. To be called before .NET starts to listen.
    /// </summary>
    public static void StopNobodyFromTheBackground() => SignalDisposition.Block(SignalDisposition.TerminalOutput);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
