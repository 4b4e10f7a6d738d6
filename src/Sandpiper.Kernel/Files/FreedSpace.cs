namespace Sandpiper.Kernel.Files;

/// <summary>
/// What removing directory trees would free: the bytes of all files whose every name lies in them. One that has another name elsewhere
/// frees nothing, and one that has several here is counted once.
/// </summary>
public sealed class FreedSpace
{
    private readonly Dictionary<FileIdentity, uint> _namesHere = [];

    /// <summary>Of the content of the files, as far as they were added.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a tree, or a file; links are not followed. What cannot be looked at, or is not there, counts nothing.</summary>
    public void Add(string path)
    {
        try
        {
            if (!FileStatus.TryRead(path, out FileStatus status)) return;
            if (status.Type == FileType.Directory)
            {
                foreach (string below in Directory.EnumerateFileSystemEntries(path)) Add(below);
            }
            else if (status.Type == FileType.Regular)
            {
                uint names = _namesHere.GetValueOrDefault(status.Identity) + 1;
                if (status.Links > 1) _namesHere[status.Identity] = names;
                if (names == status.Links) Bytes += status.Size;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Whoever removes it says so.
        }
    }
}
