using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Links of the current generation that the next one will most likely have, too: given their second names on another core, while it is
/// being planned what else there will be. Most of an environment stays when a package comes or goes.
/// </summary>
/// <remarks>
/// It decides nothing. Who writes the plan takes out what is not in it, and a link that is not to be had without a look at what it shows
/// is looked at as ever (<see cref="TreeWriter"/>).
/// </remarks>
public sealed class LinksAhead : IDisposable
{
    private readonly OpenDirectory _root;
    private readonly OpenDirectory? _shown;
    private readonly LinkedDirectory[] _links;
    private readonly string[] _targets;
    private readonly bool[] _isMade;
    private readonly List<string> _directories;
    private readonly Task _makingDirectories;
    private readonly Task _making;
    private int _next;
    private volatile bool _isOver;

    private LinksAhead(OpenDirectory root, string place, Generation before, LinkedDirectory[] links, Func<Sha256Digest, string> treeOf)
    {
        (_root, _links, _isMade) = (root, links, new bool[links.Length]);
        _targets = Array.ConvertAll(links, l => l.TargetFrom(place, treeOf(l.Wheel)));
        _shown = OpenDirectory.TryAt(before.Directory);
        _directories = TreeWriter.DirectoriesOf(links.Select(l => TreeWriter.DirectoryOf(l.Path)));
        // Two, so that who waits for one does it himself where no other core has come to it.
        _makingDirectories = Task.Run(MakeDirectories);
        _making = _makingDirectories.ContinueWith(_ => MakeLinks(), CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    /// <summary>Begins, and does not wait.</summary>
    /// <param name="directory">Absolute, empty, nobody else's: where the next generation is built.</param>
    /// <param name="place">Absolute: where it will be.</param>
    /// <param name="before">The current one.</param>
    /// <param name="stays">Whether a wheel will be in it again.</param>
    /// <param name="treeOf">Where the tree of one lies.</param>
    /// <exception cref="IOException">The directory cannot be opened.</exception>
    public static LinksAhead Begin(
        string directory, string place, Generation before, Func<Sha256Digest, bool> stays, Func<Sha256Digest, string> treeOf) =>
        new(OpenDirectory.At(directory), place, before, [.. before.Linked.Where(l => stays(l.Wheel))], treeOf);

    /// <summary>
    /// Waits until the directories are there, and takes out again what is not in the plan; that is rare, and then it waits for all.
    /// </summary>
    /// <param name="links">Of the plan.</param>
    /// <param name="directories">Of the plan.</param>
    /// <returns>The directories of the plan that are there.</returns>
    /// <exception cref="IOException">The disk is full, or not ours.</exception>
    internal IReadOnlySet<string> FitTo(IEnumerable<PlannedLink> links, IEnumerable<string> directories)
    {
        var planned = links.Select(l => l.Directory).ToHashSet();
        if (!Array.TrueForAll(_links, planned.Contains)) TakeOut(planned, directories.ToHashSet(StringComparer.Ordinal));
        else _makingDirectories.GetAwaiter().GetResult();
        return _directories.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Does what is left together with whoever is at it.</summary>
    /// <returns>The links that are there and say what they have to.</returns>
    /// <exception cref="IOException">The disk is full, or not ours.</exception>
    internal IReadOnlySet<LinkedDirectory> Made()
    {
        _makingDirectories.GetAwaiter().GetResult();
        MakeLinks();
        _making.GetAwaiter().GetResult();
        return _links.Where((_, i) => _isMade[i]).ToHashSet();
    }

    /// <summary>Waits, so that what was begun can be removed.</summary>
    public void Dispose()
    {
        _isOver = true;
        // What went wrong was told to who asked for it, or is nobody's loss.
        Task.WaitAny([_making]);
        _shown?.Dispose();
        _root.Dispose();
    }

    private void MakeDirectories()
    {
        foreach (string directory in _directories) _root.MakeDirectory(directory, SealedTree.OpenDirectoryMode);
    }

    private void MakeLinks()
    {
        while (_shown is not null && !_isOver && Interlocked.Increment(ref _next) - 1 is var i && i < _links.Length)
            _isMade[i] = _root.TryAdoptLink(_shown, _links[i].Path, _targets[i]);
    }

    private void TakeOut(HashSet<LinkedDirectory> planned, HashSet<string> directories)
    {
        Made();
        for (int i = 0; i < _links.Length; i++)
        {
            if (!_isMade[i] || planned.Contains(_links[i])) continue;
            _root.Remove(_links[i].Path);
            _isMade[i] = false;
        }
        // What lies in one comes after it.
        for (int i = _directories.Count - 1; i >= 0; i--)
        {
            if (directories.Contains(_directories[i])) continue;
            _root.RemoveDirectory(_directories[i]);
            _directories.RemoveAt(i);
        }
    }
}
