using System.Collections.Immutable;
using System.Text;

namespace Sandpiper.Kernel.Files;

/// <summary>Commands of the system (<c>git</c>, <c>sh</c>, <c>ls</c>), as everybody and every program finds them.</summary>
public static class SystemCommands
{
    /// <summary>In this order; what only root is to use lies elsewhere (hier(7)).</summary>
    public static ImmutableArray<string> Directories { get; } = ["/usr/local/bin", "/usr/bin", "/bin"];

    /// <summary>
    /// Whether nobody may have that name instead, also among packages: not interpreters of Python, and not what is a Python program in the
    /// system, too (<c>black</c>, <c>pytest</c>), whose other version somebody wanted.
    /// </summary>
    public static bool Keep(string name) => Keep(name, Directories);

    internal static bool Keep(string name, ImmutableArray<string> directories) => !name.StartsWith("python", StringComparison.Ordinal)
        && directories.Select(directory => Path.Join(directory, name)).FirstOrDefault(File.Exists) is { } theirs && !IsPython(theirs);

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
