using System.Globalization;
using Sandpiper.Kernel.Files;
using Sandpiper.Store;

namespace Sandpiper.Environments.Homes;

/// <summary>
/// Removes a tree that somebody made who wants it to stay: directories without rights, a million levels deep, links to elsewhere.
/// </summary>
/// <remarks>
/// Nothing is walked down: what lies in a directory is moved up beside it, so no path grows and nothing recurs. Nobody else may be able to
/// change the tree meanwhile; a link is removed, never followed.
/// </remarks>
internal static class HostileTree
{
    /// <exception cref="IOException">Something cannot be removed.</exception>
    public static void Remove(string directory)
    {
        long moved = 0;
        File.SetUnixFileMode(directory, SealedTree.OpenDirectoryMode);
        while (true)
        {
            string[] entries = Directory.GetFileSystemEntries(directory);
            if (entries.Length == 0) break;
            foreach (string entry in entries)
            {
                if (!IsDirectory(entry))
                {
                    File.Delete(entry);
                    continue;
                }
                File.SetUnixFileMode(entry, SealedTree.OpenDirectoryMode);
                foreach (string below in Directory.GetFileSystemEntries(entry))
                {
                    if (!IsDirectory(below))
                    {
                        File.Delete(below);
                        continue;
                    }
                    // To move it its own list of names is written (`..`).
                    File.SetUnixFileMode(below, SealedTree.OpenDirectoryMode);
                    AtomicRename.Replace(below, FreeName());
                }
                Directory.Delete(entry);
            }
        }
        Directory.Delete(directory);

        string FreeName()
        {
            while (true)
            {
                string name = Path.Combine(directory, (moved++).ToString(CultureInfo.InvariantCulture));
                if (!FileStatus.TryRead(name, out _)) return name;
            }
        }
    }

    private static bool IsDirectory(string path) => FileStatus.TryRead(path, out FileStatus status) && status.Type is FileType.Directory;
}
