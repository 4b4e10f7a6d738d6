using System.Collections.Concurrent;
using System.Text;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// What the next generation will most likely have of the current one: made on another core while it is being found out and planned what
/// else there will be. Most of an environment stays when a package comes or goes.
/// </summary>
/// <remarks>
/// It decides nothing. Who writes the plan takes out what is not in it, holds each file against the store's or against what it has to
/// say, and does himself what is not here (<see cref="TreeWriter"/>).
/// </remarks>
public sealed class TreeAhead : IDisposable
{
    private const int MostNames = 20_000;       // in more of them somebody has had his hand, or every file is one
    private const int MaxScriptBytes = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly OpenDirectory _root;
    private readonly OpenDirectory? _shown;
    private readonly string _directory, _place;
    private readonly Generation _before;
    private readonly LinkedDirectory[] _links;
    private readonly string[] _targets;
    private readonly bool[] _isLinked;
    private readonly string[] _scripts;
    private readonly ConcurrentDictionary<string, Sha256Digest?> _files = new(StringComparer.Ordinal);   // a digest: written; null: adopted
    private readonly ConcurrentBag<string> _spoiled = [];       // what was begun there can be anything
    private readonly List<string> _directories = [];
    private readonly List<string> _adopted = [];
    private readonly Task _makingDirectories;
    private readonly Task _making;
    private readonly Task _writing;
    private readonly TaskCompletionSource _isSure;
    private int _next, _nextScript;
    private volatile bool _isOver;

    private TreeAhead(string directory, string place, Generation before, LinkedDirectory[] links, Func<Sha256Digest, string> treeOf,
        TaskCompletionSource isSure)
    {
        _isSure = isSure;
        (_root, _directory, _place, _before) = (OpenDirectory.At(directory), directory, place, before);
        (_links, _isLinked) = (links, new bool[links.Length]);
        _targets = Array.ConvertAll(links, l => l.TargetFrom(place, treeOf(l.Wheel)));
        _scripts = [.. before.WrittenFiles.Keys.Where(path => TreeWriter.DirectoryOf(path) is "bin")];
        _shown = OpenDirectory.TryAt(before.Directory);
        // Two, so that who waits for one does it himself where no other core has come to it.
        _makingDirectories = Task.Run(MakeDirectories);
        _making = _makingDirectories.ContinueWith(_ => MakeSecondNames(), CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        _writing = Task.WhenAll(_making, isSure.Task).ContinueWith(_ => MakeScripts(), CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    /// <summary>Begins, and does not wait.</summary>
    /// <param name="directory">Absolute, empty, nobody else's: where the next generation is built.</param>
    /// <param name="place">Absolute: where it will be.</param>
    /// <param name="before">The current one.</param>
    /// <param name="stays">Whether a wheel will be in it again.</param>
    /// <param name="treeOf">Where the tree of one lies.</param>
    /// <param name="isSure">
    /// Completed by the caller when it is known that there will be a next one. Before, nothing is written anew: it may still come to
    /// nothing, and on some disks it takes a hundred times as long to take a file away as it took to make it.
    /// </param>
    /// <exception cref="IOException">The directory cannot be opened.</exception>
    public static TreeAhead Begin(string directory, string place, Generation before, Func<Sha256Digest, bool> stays,
        Func<Sha256Digest, string> treeOf, TaskCompletionSource isSure) =>
        new(directory, place, before, [.. before.Linked.Where(l => stays(l.Wheel))], treeOf, isSure);

    /// <summary>
    /// Waits until the directories are there, and takes out again what is not in the plan; that is rare, and then it waits for all.
    /// </summary>
    /// <param name="plan">Of the next generation.</param>
    /// <param name="directories">Of the plan.</param>
    /// <returns>The directories of the plan that are there.</returns>
    /// <exception cref="IOException">The disk is full, or not ours.</exception>
    internal IReadOnlySet<string> FitTo(GenerationPlan plan, IEnumerable<string> directories)
    {
        _makingDirectories.GetAwaiter().GetResult();
        var links = plan.Linked.Select(l => l.Directory).ToHashSet();
        var files = plan.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var planned = directories.ToHashSet(StringComparer.Ordinal);
        bool isAll = Array.TrueForAll(_links, links.Contains) && _directories.TrueForAll(planned.Contains)
            && _adopted.TrueForAll(files.Contains) && Array.TrueForAll(_scripts, files.Contains);
        if (!isAll) TakeOut(links, files, planned);
        return _directories.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Does what is left together with whoever is at it.</summary>
    /// <returns>The links that are there and say what they have to.</returns>
    /// <exception cref="IOException">The disk is full, or not ours.</exception>
    internal IReadOnlySet<LinkedDirectory> Made()
    {
        _makingDirectories.GetAwaiter().GetResult();
        _isSure.TrySetResult();
        MakeSecondNames();
        MakeScripts();
        _making.GetAwaiter().GetResult();
        _writing.GetAwaiter().GetResult();
        return _links.Where((_, i) => _isLinked[i]).ToHashSet();
    }

    /// <summary>After <see cref="Made"/>: what is there is written, and says this.</summary>
    internal bool Says(string path, Sha256Digest content) => _files.GetValueOrDefault(path) is { } written && written == content;

    /// <summary>After <see cref="Made"/>: what is there is the file that the current generation has, by a second name.</summary>
    internal bool IsOfBefore(string path) => _files.TryGetValue(path, out var written) && written is null;

    /// <summary>After <see cref="Made"/>: nothing is there any more.</summary>
    /// <exception cref="IOException">It cannot be taken away.</exception>
    internal void Forget(string path)
    {
        if (_files.TryRemove(path, out _) || _spoiled.Contains(path, StringComparer.Ordinal)) File.Delete(Path.Combine(_directory, path));
    }

    /// <summary>Waits, so that what was begun can be removed.</summary>
    public void Dispose()
    {
        _isOver = true;
        _isSure.TrySetCanceled();
        // What went wrong was told to who asked for it, or is nobody's loss.
        Task.WaitAny([_making]);
        Task.WaitAny([_writing]);
        _shown?.Dispose();
        _root.Dispose();
    }

    private void MakeDirectories()
    {
        var all = TreeWriter.DirectoriesOf(_links.Select(l => TreeWriter.DirectoryOf(l.Path)));
        if (TryList() is var (directories, files))
        {
            all = TreeWriter.DirectoriesOf(all.Concat(directories));
            _adopted.AddRange(files);
        }
        foreach (string directory in all)
        {
            if (_isOver) return;
            _root.MakeDirectory(directory, SealedTree.OpenDirectoryMode);
            _directories.Add(directory);
        }
    }

    // What the record does not say: which files there are beside links. Null where not all of that can be told.
    private (List<string> Directories, List<string> Files)? TryList()
    {
        List<string> directories = [""], files = [];
        try
        {
            for (int i = 0; i < directories.Count && !_isOver; i++)
            {
                string above = directories[i].Length == 0 ? "" : directories[i] + "/";
                using var opened = RawFile.TryOpen(Path.Combine(_before.Directory, directories[i]),
                    RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow);
                if (opened is null) return null;
                foreach (var (name, type) in DirectoryEntries.Of(opened, MostNames))
                {
                    if (type is null || directories.Count + files.Count > MostNames) return null;
                    if (type == FileType.Directory) directories.Add(above + Strict.GetString(name));
                    else if (type == FileType.Regular) files.Add(above + Strict.GetString(name));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
        files.RemoveAll(f => _before.WrittenFiles.ContainsKey(f) || _before.Copies.Contains(f, StringComparer.Ordinal)
            || f is GenerationFile.Name);
        return (directories[1..], files);
    }

    private void MakeSecondNames()
    {
        while (_shown is not null && !_isOver && Interlocked.Increment(ref _next) - 1 is var i && i < _links.Length + _adopted.Count)
        {
            if (i < _links.Length) _isLinked[i] = _root.TryAdoptLink(_shown, _links[i].Path, _targets[i]);
            else if (TryAdopt(_shown, _adopted[i - _links.Length])) _files[_adopted[i - _links.Length]] = null;
        }
    }

    private bool TryAdopt(OpenDirectory shown, string path)
    {
        try
        {
            return _root.TryAdopt(shown, path, path);
        }
        catch (IOException)
        {
            // Gone since; whoever needs it hears of what hinders him.
            return false;
        }
    }

    private void MakeScripts()
    {
        while (!_isOver && Interlocked.Increment(ref _nextScript) - 1 is var i && i < _scripts.Length) MakeScript(_scripts[i]);
    }

    // The same but for the place in its first line. Whether that is what it has to say is seen by who knows.
    private void MakeScript(string path)
    {
        byte[] begin = Encoding.UTF8.GetBytes($"#!{_before.Directory}/");
        try
        {
            if (RegularFile.TryRead(Path.Combine(_before.Directory, path), MaxScriptBytes) is not { } before
                || !before.AsSpan().StartsWith(begin)) return;
            byte[] content = [.. Encoding.UTF8.GetBytes($"#!{_place}/"), .. before.AsSpan(begin.Length)];
            SealedTree.WriteFile(Path.Combine(_directory, path), content, SealedTree.ExecutableMode);
            _files[path] = Sha256Digest.Of(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _spoiled.Add(path);
        }
    }

    private void TakeOut(HashSet<LinkedDirectory> links, HashSet<string> files, HashSet<string> directories)
    {
        Made();
        for (int i = 0; i < _links.Length; i++)
        {
            if (!_isLinked[i] || links.Contains(_links[i])) continue;
            _root.Remove(_links[i].Path);
            _isLinked[i] = false;
        }
        foreach (string path in _files.Keys.Concat(_spoiled).Where(path => !files.Contains(path))) Forget(path);
        // What lies in one comes after it.
        for (int i = _directories.Count - 1; i >= 0; i--)
        {
            if (directories.Contains(_directories[i])) continue;
            _root.RemoveDirectory(_directories[i]);
            _directories.RemoveAt(i);
        }
    }
}
