using System.Collections.Immutable;
using Sandpiper.Kernel.Files;
using Sandpiper.Store;

namespace Sandpiper.Environments.Shims;

/// <summary>Where goes what stands in the way and may be somebody's: nobody but its owner throws it away.</summary>
public static class Aside
{
    /// <returns>What a person should hear.</returns>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public static string Put(string path, DataPlaces places)
    {
        string directory = Path.Combine(places.Root, "aside");
        Directory.CreateDirectory(directory, SealedTree.OpenDirectoryMode);
        string kept = Path.Combine(directory, $"{RandomName.OfBytes(4)}-{Path.GetFileName(path)}");
        AtomicRename.Replace(path, kept);
        return $"`{path}` was put aside: {kept}";
    }

    /// <summary>Makes a directory; behind a link there would be one of somebody's own, with files of his.</summary>
    /// <param name="notes">Gets what a person should hear.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void MakeDirectory(string path, DataPlaces places, ImmutableArray<string>.Builder notes)
    {
        if (FileStatus.TryRead(path, out var status) && status.Type != FileType.Directory) notes.Add(Put(path, places));
        Directory.CreateDirectory(path);
    }
}
