using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Becoming another program: execvp(3).</summary>
public static unsafe partial class ProgramImage
{
    /// <summary>Returns only if it fails.</summary>
    /// <param name="command">A path, or a name that is looked up in its PATH, and the arguments.</param>
    /// <param name="variables">Its whole environment.</param>
    /// <returns>The error number.</returns>
    public static int Become(ImmutableArray<string> command, ImmutableArray<(string Name, string Value)> variables)
    {
        // Which PATH it is looked up in only this process's own environment says.
        _ = ClearEnvironment();
        foreach (var (name, value) in variables) _ = SetVariable(name, value, 1);
        using var vector = new ArgumentVector(command);
        _ = ExecuteFromPath(command[0], vector.Address);
        return Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "clearenv")]
    private static partial int ClearEnvironment();

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExecuteFromPath(string file, byte** arguments);
}
