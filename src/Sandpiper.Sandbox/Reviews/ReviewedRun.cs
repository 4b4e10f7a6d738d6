using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Leftovers;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>
/// One run in which everything that the program may write of the host's is a copy: afterwards the difference is on record, and the
/// originals are as they were.
/// </summary>
public sealed class ReviewedRun : IDisposable
{
    private readonly KeptReviews _kept;
    private readonly int _number;
    private readonly string _place;
    private readonly SafeFileHandle _held;
    private readonly List<Copied> _copies = [];
    private bool _isKept;

    private ReviewedRun(KeptReviews kept, Confinement confinement)
    {
        _kept = kept;
        (_number, _place, _held) = kept.Begin();
        Confinement = confinement;
    }

    /// <summary>With the copies in the place of what may be written.</summary>
    public Confinement Confinement { get; private set; }

    /// <summary>What it is shown as it is in the middle of a copy, read-only; absolute.</summary>
    public ImmutableArray<string> LeftOut { get; private set; } = [];

    /// <summary>What was copied.</summary>
    public ImmutableArray<CopiedRoot> Roots => [.. _copies.Select(copied => copied.Root)];

    /// <summary>Copies what may be written.</summary>
    /// <param name="dataRoot">Where the copies lie.</param>
    /// <param name="confinement">Of the program, with what is withheld from it.</param>
    /// <exception cref="CopyRefusedException">It cannot be copied; nothing is left of it.</exception>
    /// <exception cref="IOException">A copy cannot be written; nothing is left of it.</exception>
    public static ReviewedRun Begin(string dataRoot, Confinement confinement)
    {
        var run = new ReviewedRun(new KeptReviews(dataRoot), confinement);
        try
        {
            run.Copy();
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private void Copy()
    {
        ImmutableArray<ShownPath> writable = [.. Confinement.Shown.Where(shown => shown.Access is PathAccess.Write)];
        // What lies in another one is copied with that.
        ImmutableArray<ShownPath> roots = [.. writable.Where(shown => !writable.Any(other =>
            other.Path.Length < shown.Path.Length && DirectoryTree.Holds(other.Path, shown.Path)))];
        var budget = new CopyBudget();
        List<ShownPath> shown = [.. Confinement.Shown.Except(writable)];
        List<string> leftOut = [];
        foreach (ShownPath root in roots)
        {
            (ShownPath copy, TreeCopy tree) = CopyOf(root, writable, budget);
            shown.Add(copy);
            foreach (var (relative, identity) in tree.LeftOut)
            {
                string path = Path.Join(root.Path, WatchedTree.Shown(relative));
                ShownPath? beside = ShownPath.At(path, PathAccess.Read);
                // By its name another one can be found by now.
                if (beside is null || beside.Identity != identity) throw new CopyRefusedException(CopyRefusal.Replaced, path);
                shown.Add(beside);
                leftOut.Add(path);
            }
        }
        LeftOut = [.. leftOut];
        Confinement = Confinement with { Shown = [.. shown], Copies = [.. roots.Select(root => root.Path)] };
    }

    private (ShownPath Copy, TreeCopy Tree) CopyOf(ShownPath root, ImmutableArray<ShownPath> writable, CopyBudget budget)
    {
        bool isFile = !Directory.Exists(root.Real);
        string real = isFile ? Path.GetDirectoryName(root.Real)! : root.Real;
        string place = KeptReview.CopyIn(_place, _copies.Count);
        Directory.CreateDirectory(place, TreeCopy.OwnersAll);
        SafeFileHandle original = Opened(real), copy = Opened(place);
        var tree = new TreeCopy(root.Path, Confinement.Replaced.Select(replaced => replaced.Path).Concat(Confinement.Masked),
            Confinement.PathsWith(PathAccess.Read), writable.Select(other => other.Path).Concat(Confinement.Granted), budget);
        byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(root.Real));
        string appears = isFile ? real : root.Path;
        _copies.Add(new(new(appears, real, FileFacts.IdentityOf(original), isFile ? Encoding.Latin1.GetString(name) : null),
            tree.Entries, original, copy));
        if (isFile) tree.CopyFile(original, copy, name);
        else tree.Copy(original, copy);
        FileIdentity? copied = isFile ? tree.Entries.Values.FirstOrDefault().There.Identity : FileFacts.IdentityOf(original);
        if (copied != root.Identity) throw new CopyRefusedException(CopyRefusal.Replaced, root.Path);
        string shown = isFile ? Path.Join(place, Path.GetFileName(root.Real)) : place;
        return (ShownPath.Needed(shown, PathAccess.Write).Appearing(root.Path), tree);
    }

    /// <summary>Compares, when the program and all that it started are dead, and keeps what is another one.</summary>
    /// <param name="command">What was run.</param>
    /// <param name="exitCode">Its own.</param>
    /// <param name="when">Now.</param>
    /// <returns>Null when nothing was changed: then nothing is left of it.</returns>
    /// <exception cref="IOException">What it did cannot be put on record; it is lost, and the originals are as they were.</exception>
    public KeptReview? End(string command, int exitCode, DateTimeOffset when)
    {
        bool isCutShort = false, timesTell = FileSystem.KeepsChangeTimes(_place);
        var changes = ImmutableArray.CreateBuilder<Change>();
        bool MayLeadTo(string path) => Confinement.Mounted.Any(shown => DirectoryTree.Holds(shown.Path, path));
        for (int number = 0; number < _copies.Count; number++)
        {
            Copied copied = _copies[number];
            // It may have closed the directory itself.
            File.SetUnixFileMode(copied.Copy, TreeCopy.OwnersAll);
            ImmutableArray<Change> found =
                TreeComparison.Of(number, copied.Entries, copied.Copy, copied.Original, timesTell, out bool isShort);
            isCutShort |= isShort;
            string[] programs = [.. Confinement.Protected.Where(path => DirectoryTree.Holds(copied.Root.Directory, path))
                .Select(path => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path[copied.Root.Directory.Length..].TrimStart('/'))))];
            changes.AddRange(Marks.On(found, copied.Copy, copied.Root.Directory, programs, MayLeadTo));
            Descriptor.MoveTo(copied.Copy, 0);
            Prune(copied.Copy, "", [.. found
                .Where(c => c is { Type: ChangedType.File, BytesAfter: not null, Kind: not ChangeKind.Mode,
                    Obstacle: ChangeObstacle.None or ChangeObstacle.TooLarge })
                .Select(c => c.Path)], level: 0);
        }
        if (changes.Count == 0) return null;
        KeptReview kept = KeptReviews.Save(_number, _place, new Review(
            command, when, exitCode, isCutShort, Roots, LeftOut, changes.DrainToImmutable()));
        _isKept = true;
        return kept;
    }

    public void Dispose()
    {
        foreach (Copied copied in _copies)
        {
            copied.Original.Dispose();
            copied.Copy.Dispose();
        }
        if (!_isKept) _ = _kept.Remove(_place);
        _held.Dispose();
    }

    // What was not changed nobody needs twice.
    private static void Prune(SafeFileHandle directory, string prefix, HashSet<string> changed, int level)
    {
        foreach (DirectoryEntry entry in DirectoryEntries.Of(directory))
        {
            string path = prefix + Encoding.Latin1.GetString(entry.Name);
            if (changed.Contains(path)) continue;
            using SafeFileHandle below = level < TreeCopy.MostLevels
                ? PlaceBelow.OpenDirectory(directory, entry.Name) : new SafeFileHandle(-1, ownsHandle: false);
            if (below.IsInvalid)
            {
                _ = TreeRemoval.Remove(directory, entry.Name);
                continue;
            }
            Prune(below, path + "/", changed, level + 1);
            _ = NameInDirectory.RemoveDirectory(directory, entry.Name);
        }
    }

    private static SafeFileHandle Opened(string directory)
    {
        SafeFileHandle opened = RawFile.Open(directory, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        return errno == 0 ? opened : throw new KernelException("open", errno, directory);
    }

    private sealed record Copied(
        CopiedRoot Root, Dictionary<string, CopiedEntry> Entries, SafeFileHandle Original, SafeFileHandle Copy);
}
