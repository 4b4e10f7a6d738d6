using System.Collections.Immutable;
using System.Text;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// Commands of packages that are called as one of the system is: <c>git</c>, <c>sh</c>, <c>ls</c>. They would come first on PATH inside,
/// and everything that a program starts would start them; outside, the system's keep their names, too.
/// </summary>
internal static class ShadowedCommands
{
    private static readonly ImmutableArray<string> OfTheSystem = ["/usr/local/bin", "/usr/bin", "/bin"];

    /// <returns>Full paths; not of interpreters, and not of commands that are Python programs in the system, too (black, pytest).</returns>
    public static IEnumerable<string> In(string scripts) => !Directory.Exists(scripts) ? [] : Directory.EnumerateFiles(scripts)
        .Where(path => !Path.GetFileName(path.AsSpan()).StartsWith("python", StringComparison.Ordinal)
            && OfTheSystem.Select(directory => Path.Join(directory, Path.GetFileName(path))).FirstOrDefault(File.Exists) is { } theirs
            && !IsPython(theirs));

    private static bool IsPython(string program)
    {
        Span<byte> start = stackalloc byte[64];
        try
        {
            using var file = File.OpenHandle(program);
            string text = Encoding.ASCII.GetString(start[..RandomAccess.Read(file, start, fileOffset: 0)]);
            return text.StartsWith("#!", StringComparison.Ordinal) && text.Split('\n')[0].Contains("python", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
