namespace Sandpiper.Kernel.Files;

/// <summary>
/// What we may do in a directory or with a file, asked of the kernel without touching it: mode bits do not know of read-only mounts.
/// </summary>
public static class DirectoryRights
{
    private const int Write = 2, Search = 1;    // W_OK, X_OK: unistd.h

    /// <summary>Whether names can be made in it; of a file, whether it can be written.</summary>
    public static bool MayWrite(string path) => ProgramFile.Access(path, Directory.Exists(path) ? Write | Search : Write) == 0;
}
