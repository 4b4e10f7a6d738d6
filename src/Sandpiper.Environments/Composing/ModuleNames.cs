using Sandpiper.Environments.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>Which top-level module a file provides, or is part of.</summary>
internal static class ModuleNames
{
    /// <summary>Null when the file cannot be imported from where it lies.</summary>
    public static string? ProvidedBy(StoredFile file) => file.Scheme switch
    {
        Scheme.Purelib or Scheme.Platlib => IsImportable(file.Path) ? UpTo(file.Path, "/.") : null,
        // A program's own directory is the first that it imports from, and every script's is bin/.
        Scheme.Scripts => IsImportable(file.Path) ? UpTo(file.Path, ".") : null,
        _ => null,
    };

    public static bool IsImportable(string path) =>
        path.EndsWith(".py", StringComparison.Ordinal) || path.EndsWith(".so", StringComparison.Ordinal) || path.EndsWith(".pyc", StringComparison.Ordinal);

    private static string UpTo(string path, string ends)
    {
        int end = path.AsSpan().IndexOfAny(ends);
        return end < 0 ? path : path[..end];
    }
}
