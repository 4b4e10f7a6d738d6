using Sandpiper.Environments.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>Which top-level module a file provides, or is part of.</summary>
internal static class ModuleNames
{
    private const string ScriptsPrefix = Placing.Scripts + "/";

    /// <summary>Null when the file cannot be imported from where it lies.</summary>
    public static string? ProvidedBy(StoredFile file) => file.Scheme switch
    {
        Scheme.Purelib or Scheme.Platlib => IsImportable(file.Path) ? UpTo(file.Path, "/.") : null,
        // A program's own directory is the first that it imports from, and every script's is bin/.
        Scheme.Scripts => InScripts(file.Path),
        Scheme.Data => file.Path.StartsWith(ScriptsPrefix, StringComparison.Ordinal) ? InScripts(file.Path[ScriptsPrefix.Length..]) : null,
        _ => null,
    };

    /// <summary>The same of a file in the directory of programs, generated ones included.</summary>
    public static string? InScripts(string path) => IsImportable(path) ? UpTo(path, "/.") : null;

    public static bool IsImportable(string path) =>
        path.EndsWith(".py", StringComparison.Ordinal) || path.EndsWith(".so", StringComparison.Ordinal) || path.EndsWith(".pyc", StringComparison.Ordinal);

    private static string UpTo(string path, string ends)
    {
        int end = path.AsSpan().IndexOfAny(ends);
        return end < 0 ? path : path[..end];
    }
}
