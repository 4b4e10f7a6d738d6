namespace Sandpiper.Surroundings;

/// <summary>
/// The programs that were built beside these tests, where another user than root can start them. What starts as root becomes somebody else
/// and loads its parts after that, and a checkout of root's may lie in root's own home.
/// </summary>
internal static class ReachableBuild
{
    private static readonly Lazy<string> Copied = new(Copy);

    /// <summary>The full path of a file that was built beside these tests.</summary>
    public static string Path(string fileName) =>
        System.IO.Path.Join(Environment.IsPrivilegedProcess ? Copied.Value : AppContext.BaseDirectory, fileName);

    private static string Copy()
    {
        string directory = Directory.CreateTempSubdirectory("sandpiper-build-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        ProgramCopy.Into(directory, [.. Directory.EnumerateFiles(AppContext.BaseDirectory)]);
        return directory;
    }
}
