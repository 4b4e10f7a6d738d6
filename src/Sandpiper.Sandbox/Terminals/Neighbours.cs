using System.Globalization;
using System.Text;
using Sandpiper.Kernel.Files;
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
        for (int process = Environment.ProcessId; process > 1 && ours.Add(process); process = StateOf(process)?.Parent ?? 0) { }
        try
        {
            return Directory.EnumerateDirectories("/proc").Select(path => path["/proc/".Length..])
                .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
                .Any(process => process > 0 && !ours.Contains(process) && ProcessGroup.Of(process) == group
                    && StateOf(process) is not { State: 'Z' or 'X' });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>What a process does, and who started it (proc_pid_stat(5)); null: it has gone.</summary>
    public static (char State, int Parent)? StateOf(int process)
    {
        Span<byte> text = stackalloc byte[512];
        using var file = RawFile.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"), RawFile.ReadOnly, out _);
        int length = file.IsInvalid ? 0 : Descriptor.Read(file, text);
        // Its name, between brackets, may hold anything: what follows the last one is the kernel's.
        int end = text[..length].LastIndexOf((byte)')');
        return end >= 0 && Encoding.ASCII.GetString(text[(end + 1)..length]).Split(' ') is ["", [var state], var parent, ..]
            && int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? (state, id) : null;
    }
}
