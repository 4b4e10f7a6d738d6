namespace Sandpiper.Sandbox;

/// <summary>Which path lies in which, by segments: <c>/home/ab</c> is not in <c>/home/a</c>.</summary>
public static class DirectoryTree
{
    /// <summary>True also for the directory itself. Both absolute and without dots; links are not looked at.</summary>
    public static bool Holds(string directory, string path) =>
        string.Equals(directory, path, StringComparison.Ordinal)
        || path.StartsWith(directory.EndsWith('/') ? directory : directory + "/", StringComparison.Ordinal);
}
