using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Programs;

/// <summary>The first three descriptors, which everybody writes to by number.</summary>
public static class StandardStreams
{
    private const int LastOfThem = 2;

    /// <summary>
    /// Puts <c>/dev/null</c> where the caller closed one. Otherwise the next file opened would get its number, and an answer or an error
    /// would be written into it.
    /// </summary>
    public static void FillGaps()
    {
        while (true)
        {
            using SafeFileHandle opened = RawFile.OpenToHandOn("/dev/null", RawFile.ReadWrite);
            if (opened.IsInvalid || opened.DangerousGetHandle() > LastOfThem) return;
            opened.SetHandleAsInvalid(); // it stays open
        }
    }

    /// <summary>
    /// What is written by the number of output goes where errors go from now on: a program's, where output is for an answer of ours. Who
    /// opened it before keeps it.
    /// </summary>
    /// <exception cref="Kernel.KernelException">There is nowhere that errors go.</exception>
    public static void SendOutputToErrors() => Descriptor.Become(1, 2);

    /// <summary>
    /// .NET puts the terminal right whenever it is continued. Done from the background (<c>bg</c>), that would stop everybody in our
    /// process group once more, the program of <c>run</c> included; whoever blocks the signal may do it. To be called before .NET starts
    /// to listen.
    /// </summary>
    public static void StopNobodyFromTheBackground() => SignalDisposition.Block(SignalDisposition.TerminalOutput);
}
