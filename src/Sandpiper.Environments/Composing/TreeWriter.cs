using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Writes a plan to disk, on all cores: three calls of the kernel for a linked file, three for a directory. It is opened where it gets many
/// files, so that its own path is not walked for each; most get one or two, which costs less by a longer path.
/// </summary>
/// <param name="directory">Absolute, empty, nobody else's; left open, for it has to be moved.</param>
/// <param name="place">Absolute: where it will be moved to.</param>
/// <param name="entries">Of the store; the caller's to dispose of.</param>
/// <param name="before">
/// The current generation; null: none. A directory that it has linked and the plan links again is not looked at: whatever is in it is shown
/// already, and most of an environment stays as it is when a package comes or goes. Who looks at it afterwards is the caller's to say.
/// </param>
public sealed class TreeWriter(string directory, string place, LinkedEntries entries, Generation? before = null)
{
    private const int Many = 6;
    private const int FewBytes = 16;

    private static readonly UnixTime SealTime = UnixTime.Of(SealedTree.SealTime);

    private readonly ConcurrentDictionary<(Sha256Digest Content, bool IsExecutable), Lazy<string>> _written = new();
    private readonly ConcurrentBag<string> _copies = [];
    private readonly HashSet<(Sha256Digest Wheel, Sha256Digest Manifest)> _shown =
        [.. (before?.Packages ?? []).Where(p => p.Yielded.IsEmpty && p.OmittedHooks.IsEmpty).Select(p => (p.Digest, p.Manifest))];

    private OpenDirectory? _shownTree;      // while it is written

    /// <summary>What was begun with, in the same directory; null: nothing.</summary>
    public LinksAhead? Ahead { get; init; }

    /// <returns>Paths of files that had to be copied, for want of hard links.</returns>
    /// <exception cref="StoreDamagedException">A file of the store is gone, or not as it was sealed.</exception>
    /// <exception cref="IOException">The disk is full, or not ours.</exception>
    public ImmutableArray<string> Write(GenerationPlan plan, CancellationToken cancel)
    {
        using var root = OpenDirectory.At(directory);
        using var shownTree = _shownTree = before is null ? null : OpenDirectory.TryAt(before.Directory);
        entries.Begin();
        var files = ByDirectory(plan.Files);
        var directories = DirectoriesOf(
            files.Keys.Concat(plan.Links.Select(l => l.Path).Concat(plan.Linked.Select(l => l.Directory.Path)).Select(DirectoryOf)));
        // All before any is sealed: a sealed directory takes no other. One after the other: the kernel makes one at a time in each, and one
        // core is done before another has been woken.
        var there = Ahead?.FitTo(plan.Linked, directories);
        foreach (string made in directories)
        {
            if (there?.Contains(made) is not true) root.MakeDirectory(made, SealedTree.OpenDirectoryMode);
        }
        foreach (var link in plan.Links) root.MakeLink(link.Path, link.Target);
        var (kept, fresh) = Divided(plan.Linked);
        // First of all and the largest first: a look at every file of what is linked is most of the work.
        OnAllCores.ForEach([.. fresh.Select(l => l.Wheel).DistinctBy(w => w.Digest).OrderByDescending(w => w.Outline.Files)],
            wheel => entries.Of(wheel).Look(), cancel);
        OnAllCores.ForEach([.. fresh.Where(l => !entries.Of(l.Wheel).IsUntouched)], MustBeAsSealed, cancel);
        // Nearly all links are made in one directory, and one at a time: on one core, while another makes files. Where most have been begun
        // with already, whoever is done with the files helps with the last of them.
        Action linking = () => Link(root, kept, fresh);
        IEnumerable<Action> fills =
        [
            () => Fill(root, root, "", files.GetValueOrDefault("", [])),
            .. directories.Select(made => (Action)(() => Fill(root, made, files.GetValueOrDefault(made, [])))),
        ];
        OnAllCores.ForEach<Action>(Ahead is null ? [linking, .. fills] : [.. fills], work => work(), cancel);
        if (Ahead is not null) linking();
        foreach (string made in directories) root.Seal(made, SealTime, SealedTree.DirectoryMode);
        entries.KeepStamps();
        return [.. _copies.Order(StringComparer.Ordinal)];
    }

    // A new link is a new inode, a second name of one is not; and ext4 gives out none that was freed in the last minutes, so that where an
    // old generation has just been removed each new one costs as much as twenty second names.
    private void Link(OpenDirectory root, List<PlannedLink> kept, List<PlannedLink> fresh)
    {
        var made = Ahead?.Made();
        foreach (var link in kept)
        {
            if (made?.Contains(link.Directory) is true) continue;
            if (_shownTree is not null && root.TryAdoptLink(_shownTree, link.Directory.Path, TargetOf(link))) continue;
            // The record says that it was shown, and it is not.
            MustBeAsSealed(link);
            fresh.Add(link);
        }
        foreach (var link in fresh)
        {
            if (made?.Contains(link.Directory) is not true) root.MakeLink(link.Directory.Path, TargetOf(link));
        }
    }

    private string TargetOf(PlannedLink link) => link.Directory.TargetFrom(place, link.Wheel.Tree);

    private void MustBeAsSealed(PlannedLink link) => entries.Of(link.Wheel).MustBeAsSealed(link.Directory.StorePath);

    private (List<PlannedLink> Kept, List<PlannedLink> Fresh) Divided(ImmutableArray<PlannedLink> links)
    {
        if (before is null) return ([], [.. links]);
        var shown = before.Linked.ToHashSet();
        var divided = links.ToLookup(l => shown.Contains(l.Directory) && IsShown(l.Wheel));
        return ([.. divided[true]], [.. divided[false]]);
    }

    // All of it, and by its manifest: one that is not the one of then would be believed from now on.
    private bool IsShown(SealedWheel wheel) => _shown.Contains((wheel.Digest, wheel.ManifestDigest));

    private void Fill(OpenDirectory root, string made, List<TreeFile> its)
    {
        if (its.Count == 0) return;
        using var opened = its.Count < Many ? null : root.Below(made);
        if (opened is null) Fill(root, root, "", its);
        else Fill(root, opened, made + "/", its);
    }

    /// <param name="path">Of the directory, as the files' paths begin.</param>
    private void Fill(OpenDirectory root, OpenDirectory into, string path, List<TreeFile> files)
    {
        foreach (var file in files)
        {
            if (file is LinkedFile linked && TryLink(into, path.Length, linked)) continue;
            if (file is LinkedFile) _copies.Add(file.Path);
            var mode = file.IsExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode;
            if (file is WrittenFile { Content.Length: <= FewBytes } same && TryLinkSame(root, into, path.Length, same)) continue;
            SealedTree.WriteFile(Path.Combine(directory, file.Path), ContentOf(file).Span, mode);
        }
    }

    // INSTALLER and REQUESTED are the same for each of a hundred packages: one file with a hundred names. Making one costs more than all
    // the names.
    private bool TryLinkSame(OpenDirectory root, OpenDirectory into, int prefix, WrittenFile file)
    {
        string first = _written.GetOrAdd((file.Digest, file.IsExecutable), _ => new Lazy<string>(() =>
        {
            var mode = file.IsExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode;
            SealedTree.WriteFile(Path.Combine(directory, file.Path), file.Content, mode);
            return file.Path;
        })).Value;
        return string.Equals(first, file.Path, StringComparison.Ordinal) || into.TryAdopt(root, first, file.Path[prefix..]);
    }

    private static ReadOnlyMemory<byte> ContentOf(TreeFile file) => file switch
    {
        LinkedFile linked => linked.Wheel.Read(linked.Stored, int.MaxValue),
        _ => ((WrittenFile)file).Content,
    };

    private bool TryLink(OpenDirectory into, int prefix, LinkedFile file) =>
        entries.Of(file.Wheel).TryLink(file, into, file.Path[prefix..], directory,
            IsShown(file.Wheel) && _shownTree?.TryLookAt(file.Path, out var status) == true ? status.Identity : null);

    private static Dictionary<string, List<TreeFile>> ByDirectory(ImmutableArray<TreeFile> files)
    {
        var directories = new Dictionary<string, List<TreeFile>>(StringComparer.Ordinal);
        var known = directories.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var file in files)
        {
            var directory = file.Path.AsSpan(0, Math.Max(file.Path.LastIndexOf('/'), 0));
            if (!known.TryGetValue(directory, out var its)) known[directory] = its = [];
            its.Add(file);
        }
        return directories;
    }

    /// <summary>Every directory that is needed, each after the one it lies in.</summary>
    internal static List<string> DirectoriesOf(IEnumerable<string> paths)
    {
        var all = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            for (string above = path; above.Length > 0 && all.Add(above); above = DirectoryOf(above)) { }
        }
        return [.. all];
    }

    internal static string DirectoryOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }
}
