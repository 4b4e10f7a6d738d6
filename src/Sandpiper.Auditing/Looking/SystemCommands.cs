using System.Collections.Immutable;
using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Wheels;

namespace Sandpiper.Auditing.Looking;

/// <summary>Commands of a package that are called as one of the system: wherever their directory stands first, they are it.</summary>
internal static class SystemCommands
{
    private static readonly ImmutableArray<string> OfTheSystem = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>The system's command of that name; null: there is none, or it is a Python program, too (black, pip, pytest).</summary>
    public static string? Behind(string name, string scripts)
    {
        if (ReservedNames.InBin(name) is not null || OfTheSystem.Contains(scripts, StringComparer.Ordinal)) return null;
        return OfTheSystem.Select(directory => $"{directory}/{name}").FirstOrDefault(File.Exists) is { } theirs && !IsPython(theirs)
            ? theirs : null;
    }

    private static bool IsPython(string program)
    {
        try
        {
            using var file = RegularFile.TryOpenBehindLinks(program);
            if (file is null) return false;
            string start = Encoding.ASCII.GetString(RegularFile.Read(file, 64));
            return start.StartsWith("#!", StringComparison.Ordinal) && start.Split('\n')[0].Contains("python", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
