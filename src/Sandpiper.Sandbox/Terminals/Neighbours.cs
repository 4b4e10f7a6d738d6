using System.Globalization;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Terminals;

/// <summary>
/// Whoever else is of our job, as the others of a pipe are: what is typed is theirs as well. Not who started us and waits, and not what we
/// have started, which is in a session of its own.
/// </summary>
internal static class Neighbours
{
    /// <summary>Whether somebody is there.</summary>
    /// <returns>True as well where the kernel does not tell.</returns>
    public static bool AreThere()
    {
        int group = ProcessGroup.Own;
        HashSet<int> ours = [];
        int process = Environment.ProcessId;
        while (process > 1 && ours.Add(process)) process = OtherProcess.StateOf(process)?.Parent ?? 0;
        try
        {
            return Directory.EnumerateDirectories("/proc").Select(path => path["/proc/".Length..])
                .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
                .Any(process => process > 0 && !ours.Contains(process) && ProcessGroup.Of(process) == group
                    && OtherProcess.StateOf(process) is not { State: 'Z' or 'X' });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
