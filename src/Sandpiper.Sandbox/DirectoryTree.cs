namespace Sandpiper.Sandbox;

/// <summary>Which path lies in which, by segments: <c>/home/ab</c> is not in <c>/home/a</c>.</summary>
public static class DirectoryTree
{
    /// <summary>True also for the directory itself. Both absolute and without dots; links are not looked at.</summary>
    public static bool Holds(string directory, string path) =>
        path.StartsWith(directory, StringComparison.Ordinal)
        && (path.Length == directory.Length || directory.EndsWith('/') || path[directory.Length] is '/');
}
