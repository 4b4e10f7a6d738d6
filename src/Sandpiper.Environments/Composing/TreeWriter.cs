using System.Collections.Immutable;
using Sandpiper.Environments.Kernel;
using Sandpiper.Environments.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>Writes a plan to disk: one call of the kernel for a linked file, a handful for a directory, and nothing is looked at twice.</summary>
/// <param name="directory">Absolute, empty, nobody else's; left open, for it has to be moved.</param>
internal sealed class TreeWriter(string directory)
{
    private static readonly UnixTime Sealed = UnixTime.Of(SealedTree.SealTime);

    private readonly Dictionary<string, OpenDirectory> _trees = new(StringComparer.Ordinal);

    /// <returns>Paths of files that had to be copied, for want of hard links.</returns>
    /// <exception cref="StoreDamagedException">A file of the store is gone, or not as it was sealed.</exception>
    /// <exception cref="IOException">The disk is full, or not ours.</exception>
    public ImmutableArray<string> Write(GenerationPlan plan, CancellationToken cancel)
    {
        var copies = ImmutableArray.CreateBuilder<string>();
        using var root = OpenDirectory.At(directory);
        try
        {
            var byDirectory = plan.Files.GroupBy(f => DirectoryOf(f.Path), StringComparer.Ordinal).ToList();
            // All before any is sealed: a sealed directory takes no other.
            var directories = DirectoriesOf(byDirectory.Select(d => d.Key).Concat(plan.Links.Select(l => DirectoryOf(l.Path))));
            foreach (string made in directories) root.MakeDirectory(made, SealedTree.OpenDirectoryMode);
            foreach (var link in plan.Links) root.MakeLink(link.Path, link.Target);
            foreach (var files in byDirectory)
            {
                cancel.ThrowIfCancellationRequested();
                using var open = root.Below(files.Key.Length == 0 ? "." : files.Key);
                foreach (var file in files) Write(open, file, copies);
            }
            foreach (string made in directories)
            {
                using var open = root.Below(made);
                open.Seal(SealedTree.SealTime, SealedTree.DirectoryMode);
            }
        }
        finally
        {
            foreach (var tree in _trees.Values) tree.Dispose();
        }
        copies.Sort(StringComparer.Ordinal);
        return copies.ToImmutable();
    }

    private void Write(OpenDirectory open, TreeFile file, ImmutableArray<string>.Builder copies)
    {
        if (file is LinkedFile linked && TryLink(open, linked)) return;
        byte[]? copy = (file as LinkedFile)?.Wheel.Read(((LinkedFile)file).Stored, int.MaxValue).ToArray();
        if (copy is not null) copies.Add(file.Path);
        SealedTree.WriteFile(Path.Combine(directory, file.Path), copy ?? ((WrittenFile)file).Content, file.IsExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode);
    }

    private bool TryLink(OpenDirectory open, LinkedFile file)
    {
        MustBeAsSealed(file);
        if (!_trees.TryGetValue(file.Wheel.Tree, out var tree)) _trees.Add(file.Wheel.Tree, tree = OpenDirectory.At(file.Wheel.Tree));
        return open.TryAdopt(tree, file.Stored.StorePath, file.Path[(file.Path.LastIndexOf('/') + 1)..]);
    }

    // What somebody edited in the store, or through an environment that shares its files, must not be carried into the next one.
    private static void MustBeAsSealed(LinkedFile file)
    {
        if (!FileStatus.TryRead(Path.Combine(file.Wheel.Tree, file.Stored.StorePath), out FileStatus status)) throw new StoreDamagedException(file.Wheel.Digest, $"{file.Stored.StorePath} is gone");
        bool asSealed = status.Type == FileType.Regular && status.Size == file.Size && status.ModifiedAt == Sealed
            && status.Mode == (file.IsExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode);
        if (!asSealed) throw new StoreDamagedException(file.Wheel.Digest, $"{file.Stored.StorePath} has been changed");
    }

    /// <summary>Every directory that is needed, each after the one it lies in.</summary>
    private static List<string> DirectoriesOf(IEnumerable<string> paths)
    {
        var all = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            for (string above = path; above.Length > 0 && all.Add(above); above = DirectoryOf(above)) { }
        }
        return [.. all];
    }

    private static string DirectoryOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }
}
