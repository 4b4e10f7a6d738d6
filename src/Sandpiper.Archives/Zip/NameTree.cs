using System.Collections.Immutable;

namespace Sandpiper.Archives.Zip;

/// <summary>The names of all members together: no two are one, and no file stands where a directory has to be.</summary>
internal static class NameTree
{
    /// <exception cref="ArchiveRefusedException">What is unpacked would depend on the order, or on who unpacks it.</exception>
    public static void MustBeConsistent(ImmutableArray<CentralEntry> entries, ArchiveLimits limits)
    {
        var isDirectory = new Dictionary<string, bool>(entries.Length, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!isDirectory.TryAdd(entry.Name, entry.IsDirectory)) throw Refuse(ZipRules.Duplicate, "two members have this name", entry);
        }
        var byPrefix = isDirectory.GetAlternateLookup<ReadOnlySpan<char>>();
        var directories = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var entry in entries)
        {
            var above = entry.Name.AsSpan();
            while (above.LastIndexOf('/') is >= 0 and var slash)
            {
                above = above[..slash];
                if (!directories.Add(above)) break;     // and so were those above it
                if (directories.Set.Count > limits.MaxDirectories)
                    throw Refuse(ZipRules.TooMany, $"its names need more than {limits.MaxDirectories} directories", entry);
                if (byPrefix.TryGetValue(above, out bool isThere) && !isThere)
                    throw Refuse(ZipRules.FileAsDirectory, $"`{above}` above it is a file", entry);
            }
        }

        static ArchiveRefusedException Refuse(string rule, string because, CentralEntry entry) =>
            new(rule, because, entry.Name, entry.HeaderOffset);
    }
}
