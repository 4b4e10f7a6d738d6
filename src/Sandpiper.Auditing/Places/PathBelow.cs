namespace Sandpiper.Auditing.Places;

/// <summary>A path as it is written below a directory. Both absolute and without dots; links are not looked at.</summary>
internal static class PathBelow
{
    /// <returns>Null when it lies elsewhere, or is the directory itself.</returns>
    public static string? Of(string path, string directory) =>
        path.Length > directory.Length + 1 && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal)
            ? path[(directory.Length + 1)..] : null;
}
