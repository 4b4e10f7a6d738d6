namespace Sandpiper.Kernel.Files;

/// <summary>What we may do in a directory, asked of the kernel without touching it: mode bits do not know of read-only mounts.</summary>
public static class DirectoryRights
{
    private const int Write = 2, Search = 1;    // W_OK, X_OK: unistd.h

    /// <summary>Whether names can be made in it.</summary>
    public static bool MayWrite(string path) => ProgramFile.Access(path, Write | Search) == 0;
}
