using System.Text;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Processes;

/// <summary>What this process was started with, with all its bytes (<see cref="NativeText"/>): .NET replaces what is no UTF-8.</summary>
public static class OwnArguments
{
    /// <param name="arguments">As .NET gives them.</param>
    public static string[] Whole(string[] arguments)
    {
        if (!arguments.Any(argument => argument.Contains('\ufffd', StringComparison.Ordinal))) return arguments;
        // Each ends with a zero byte; the program's own name comes before them.
        string[] all = Encoding.Latin1.GetString(File.ReadAllBytes("/proc/self/cmdline")).Split('\0')[..^1];
        return [.. all[^arguments.Length..].Select(argument => NativeText.Of(Encoding.Latin1.GetBytes(argument)))];
    }
}
