using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The one program that everything rests on: found where the system put it, never through PATH.</summary>
internal static class Executable
{
    private const string Path = "/usr/bin/bwrap";

    /// <returns>Its path.</returns>
    /// <exception cref="SandboxUnavailableException">It is not there, or somebody other than root could have changed it.</exception>
    public static string Trusted() => Trusted(Path);

    internal static string Trusted(string path)
    {
        if (FileFacts.Of(path) is not { } file)
        {
            throw new SandboxUnavailableException(SandboxObstacle.BubblewrapAbsent, path);
        }
        bool changeableByOthers = (file.Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None;
        if (file.UserId != 0 || changeableByOthers)
        {
            throw new SandboxUnavailableException(SandboxObstacle.BubblewrapChangeable, path);
        }
        return path;
    }
}
