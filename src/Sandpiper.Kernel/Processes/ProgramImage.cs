using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Becoming another program: execvp(3).</summary>
public static unsafe partial class ProgramImage
{
    /// <summary>Returns only if it fails.</summary>
    /// <param name="command">A path, or a name that is looked up in PATH, and the arguments.</param>
    /// <returns>The error number.</returns>
    public static int Become(ImmutableArray<string> command)
    {
        using var vector = new ArgumentVector(command);
        _ = ExecuteFromPath(command[0], vector.Address);
        return Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExecuteFromPath(string file, byte** arguments);
}
