namespace Sandpiper.Archives.Zip;

/// <summary>The external attributes of a member: a Unix mode above, DOS attributes below (APPNOTE 4.4.15).</summary>
internal static class MemberMode
{
    private const uint TypeMask = 0xF000, RegularFile = 0x8000, Directory = 0x4000, SymbolicLink = 0xA000;     // inode(7)
    private const uint OwnerMayExecute = 0x40;
    private const uint DosDirectory = 0x10;

    /// <returns>Whether it is to be executable.</returns>
    /// <exception cref="ArchiveRefusedException">It is a link or a device, or no directory although its name says so.</exception>
    public static bool MustFit(uint attributes, bool isDirectory, string name, long offset)
    {
        // Whoever made the archive: readers do not agree on when to believe these bits, and "version made by" is free to choose.
        uint mode = attributes >> 16, type = mode & TypeMask;
        if (type == SymbolicLink) throw Refuse(ZipRules.Link, "it is a symbolic link");
        if (type is not (0 or RegularFile or Directory)) throw Refuse(ZipRules.Special, "it is a special file");
        bool saysDirectory = type == Directory || (attributes & DosDirectory) != 0, saysFile = type == RegularFile;
        if (isDirectory ? saysFile : saysDirectory)
            throw Refuse(ZipRules.Directoryness, "its name and its attributes disagree whether it is a directory");
        return !isDirectory && (mode & OwnerMayExecute) != 0;

        ArchiveRefusedException Refuse(string rule, string because) => new(rule, because, name, offset);
    }
}
