using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The one program that everything rests on: found where the system put it, never through PATH.</summary>
internal static class Executable
{
    private const string Path = "/usr/bin/bwrap";

    /// <returns>Its path.</returns>
    /// <exception cref="SandboxUnavailableException">It is not there, or somebody other than root could have changed it.</exception>
    public static string Trusted()
    {
        if (FileFacts.Of(Path) is not { } file)
        {
            throw new SandboxUnavailableException($"bubblewrap is not installed (`{Path}`)", "sudo apt install bubblewrap");
        }
        bool changeableByOthers = (file.Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None;
        if (file.UserId != 0 || changeableByOthers)
        {
            throw new SandboxUnavailableException($"`{Path}` can be changed by somebody other than root", "sudo apt install --reinstall bubblewrap");
        }
        return Path;
    }
}
