using System.Collections.Frozen;

namespace Sandpiper.Auditing.Looking;

/// <summary>Top-level modules of the standard library, by what lies in its directory: no interpreter is asked.</summary>
internal static class LibraryNames
{
    // Those that are built into the executable, and so lie nowhere: `sys.builtin_module_names` of 3.8 to 3.14 on Linux, less underscores.
    private static readonly string[] BuiltIn =
    [
        "array", "atexit", "binascii", "builtins", "cmath", "errno", "faulthandler", "fcntl", "gc", "grp", "itertools", "marshal", "math",
        "posix", "pwd", "pyexpat", "select", "spwd", "syslog", "sys", "time", "unicodedata", "xxsubtype", "zlib",
    ];

    // Lie there and are none, or are meant to come from elsewhere.
    private static readonly string[] NotModules =
        ["site-packages", "dist-packages", "test", "sitecustomize", "usercustomize", "LICENSE", "idlelib"];

    /// <param name="library">Null: it was not found, and only what is built in is known.</param>
    public static FrozenSet<string> In(string? library)
    {
        var names = new HashSet<string>(BuiltIn, StringComparer.Ordinal);
        foreach (string directory in library is null ? (string[])[] : [library, $"{library}/lib-dynload"])
        {
            try
            {
                foreach (string path in Directory.EnumerateFileSystemEntries(directory))
                    if (ModuleOf(Path.GetFileName(path)) is { } name) names.Add(name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Then those that are built in have to do.
            }
        }
        return names.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>What is imported by the name of this file or directory; null when nothing is.</summary>
    public static string? ModuleOf(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0 && !name.EndsWith(".py", StringComparison.Ordinal) && !name.EndsWith(".so", StringComparison.Ordinal)
            && !name.EndsWith(".pyc", StringComparison.Ordinal)) return null;
        string module = dot < 0 ? name : name[..dot];
        bool isIdentifier = module.Length > 0 && !char.IsAsciiDigit(module[0]) && module.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return isIdentifier && !module.StartsWith("__", StringComparison.Ordinal) && !NotModules.Contains(module, StringComparer.Ordinal)
            ? module : null;
    }
}
