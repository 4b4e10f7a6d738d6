using Sandpiper.Environments.Destinations;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>Which top-level module a file provides, or is part of.</summary>
public static class ModuleNames
{
    /// <summary>Null when the file cannot be imported from where it lies.</summary>
    public static string? ProvidedBy(StoredFile file, Destination destination) => file.Scheme switch
    {
        // A program's own directory is the first that it imports from, and every script's is bin/.
        Scheme.Purelib or Scheme.Platlib or Scheme.Scripts => TopOf(file.Path),
        Scheme.Data when destination.ScriptOf(file.Path) is { } script => TopOf(script),
        _ => null,
    };

    /// <summary>The same of a path below a directory that modules are imported from.</summary>
    public static string? TopOf(string path) => IsImportable(path) ? path[..path.AsSpan().IndexOfAny('/', '.')] : null;

    public static bool IsImportable(ReadOnlySpan<char> path) =>
        path.EndsWith(".py", StringComparison.Ordinal)
        || path.EndsWith(".so", StringComparison.Ordinal)
        || path.EndsWith(".pyc", StringComparison.Ordinal);
}
