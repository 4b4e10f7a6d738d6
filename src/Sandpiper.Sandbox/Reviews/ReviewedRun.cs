using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Bubblewrap;
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
    private readonly SpareRoom _room;
    private readonly int _number;
    private readonly string _place;
    private readonly SafeFileHandle _held;
    private readonly List<Copied> _copies = [];
    private readonly Confinement _asked;
    private bool _isKept;

    private ReviewedRun(string dataRoot, Confinement confinement, bool isTrial = false)
    {
        (_kept, _room) = (new KeptReviews(dataRoot), new SpareRoom(dataRoot));
        (_number, _place, _held) = _kept.Begin(isTrial);
        Confinement = _asked = confinement;
    }

    /// <summary>With the copies in the place of what may be written.</summary>
    public Confinement Confinement { get; private set; }

    /// <summary>What it is shown as it is in the middle of a copy, read-only; absolute.</summary>
    public ImmutableArray<string> LeftOut { get; private set; } = [];

    /// <summary>What was copied.</summary>
    public ImmutableArray<CopiedRoot> Roots => [.. _copies.Select(copied => copied.Root)];

    /// <summary>What may be written is no copy: only what is written will be one.</summary>
    public bool IsLayered => !Confinement.Layered.IsEmpty;

    /// <summary>Copies what may be written, or has the kernel keep what is written apart, where it can.</summary>
    /// <param name="dataRoot">Where the copies lie.</param>
    /// <param name="confinement">Of the program, with what is withheld from it.</param>
    /// <param name="mayLayer">False: copies, whatever the kernel can.</param>
    /// <exception cref="CopyRefusedException">It cannot be copied; nothing is left of it.</exception>
    /// <exception cref="IOException">A copy cannot be written; nothing is left of it.</exception>
    public static ReviewedRun Begin(string dataRoot, Confinement confinement, bool mayLayer)
    {
        var run = new ReviewedRun(dataRoot, confinement);
        try
        {
            if (!mayLayer || !run.TryLayer()) run.Arrange(isLayered: false);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Whether the kernel would keep apart what is written: tried, with a program that does nothing.</summary>
    /// <inheritdoc cref="Begin" path="/param"/>
    /// <param name="secondStage">Which asks the kernel for it.</param>
    /// <exception cref="SandboxUnavailableException">There is no sandbox to be had here.</exception>
    /// <exception cref="IOException">Nothing can be written beside the reviews.</exception>
    public static bool WouldLayer(string dataRoot, Confinement confinement, SecondStageImage secondStage)
    {
        using var run = new ReviewedRun(dataRoot, confinement, isTrial: true);
        if (!run.TryLayer() || !run.IsLayered) return false;
        try
        {
            return ConfinedProgram.Run(run.Confinement, secondStage, ["/bin/true"]) == 0;
        }
        catch (SecondStageException unlayered) when (unlayered.Failure.Kind is SecondStageFailureKind.NotLayered)
        {
            return false;
        }
    }

    /// <summary>Whether a copy could be made of what may be written, as far as that can be known before.</summary>
    /// <param name="confinement">Of the program, with what is withheld from it.</param>
    /// <exception cref="CopyRefusedException">None could.</exception>
    public static void MustBeCopied(Confinement confinement)
    {
        var budget = new CopyBudget();
        foreach (ShownPath root in RootsOf(confinement).Where(root => root.Type is FileType.Directory))
        {
            using SafeFileHandle directory = Judged(root);
            TreeOf(root, confinement, budget).Weigh(directory);
        }
    }

    /// <summary>Where the kernel did not: the same with a copy, of what is there now. Nothing has run yet.</summary>
    /// <inheritdoc cref="Begin" path="/exception"/>
    public void CopyInstead()
    {
        Confinement = _asked;
        Clear();
        Arrange(isLayered: false);
    }

    private bool TryLayer()
    {
        try
        {
            if (Arrange(isLayered: true)) return true;
        }
        catch (CopyRefusedException)
        {
            // A copy may be refused for another reason; that one is told.
        }
        Clear();
        return false;
    }

    private void Clear()
    {
        Close();
        using SafeFileHandle place = Opened(_place);
        foreach (DirectoryEntry entry in DirectoryEntries.Of(place).Where(entry => entry.Type is FileType.Directory))
            _ = TreeRemoval.Remove(place, entry.Name);
    }

    private bool Arrange(bool isLayered)
    {
        ImmutableArray<ShownPath> roots = RootsOf(_asked);
        var budget = new CopyBudget { MostNames = isLayered ? CopyBudget.MostSeen : CopyBudget.MostFiles };
        List<ShownPath> shown = [.. _asked.Shown.Where(shown => shown.Access is not PathAccess.Write)];
        List<LayeredPath> layers = [];
        List<string> leftOut = [];
        foreach (ShownPath root in roots)
        {
            TreeCopy tree = TreeOf(root, _asked, budget);
            if (!isLayered || root.Type is not FileType.Directory) shown.Add(CopyOf(root, tree));
            else if (LayerAbove(root, tree) is { } layered)
            {
                layers.Add(layered);
                shown.Add(ShownPath.Needed(Path.Join(layered.Layer.Real, LayeredPath.Upper), PathAccess.Write).Appearing(root.Path));
            }
            else return false;
            foreach (var (relative, identity) in tree.LeftOut)
            {
                string below = WatchedTree.Shown(relative);
                leftOut.Add(Path.Join(root.Path, below));
                // By its name another one can be found by now. What has none that is text stays empty.
                if (!below.Contains('\ufffd', StringComparison.Ordinal)) shown.Add(root.Below(below, identity, PathAccess.Read));
            }
        }
        LeftOut = [.. leftOut];
        Confinement = _asked with { Shown = [.. shown], Copies = [.. roots.Select(root => root.Path)], Layered = [.. layers] };
        return true;
    }

    // What lies in another one is copied with that.
    private static ImmutableArray<ShownPath> RootsOf(Confinement asked)
    {
        ImmutableArray<ShownPath> writable = [.. asked.Shown.Where(shown => shown.Access is PathAccess.Write)];
        return [.. writable.Where(shown => !writable.Any(other =>
            other.Path.Length < shown.Path.Length && DirectoryTree.Holds(other.Path, shown.Path)))];
    }

    private static TreeCopy TreeOf(ShownPath root, Confinement asked, CopyBudget budget) =>
        new(root.Path, asked.Replaced.Select(replaced => replaced.Path).Concat(asked.Masked), asked.PathsWith(PathAccess.Read),
            asked.Writable, budget);

    private ShownPath CopyOf(ShownPath root, TreeCopy tree)
    {
        bool isFile = root.Type is not FileType.Directory;
        string real = isFile ? Path.GetDirectoryName(root.Real)! : root.Real;
        string place = KeptReview.CopyIn(_place, _copies.Count);
        Directory.CreateDirectory(place, TreeCopy.OwnersAll);
        SafeFileHandle original = isFile ? Opened(real) : Judged(root), copy = Opened(place);
        byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(root.Real));
        string appears = isFile ? real : root.Path;
        _copies.Add(new(new(appears, real, FileFacts.IdentityOf(original), isFile ? Encoding.Latin1.GetString(name) : null),
            tree.Entries, original, copy));
        if (isFile) tree.CopyFile(original, copy, name);
        else tree.Copy(original, copy);
        FileIdentity? copied = isFile ? tree.Entries.Values.FirstOrDefault().There.Identity : FileFacts.IdentityOf(original);
        if (copied != root.Identity) throw new CopyRefusedException(CopyRefusal.Replaced, root.Path);
        string shown = isFile ? Path.Join(place, Path.GetFileName(root.Real)) : place;
        return ShownPath.Needed(shown, PathAccess.Write).Appearing(root.Path);
    }

    // Null where a copy is needed.
    private LayeredPath? LayerAbove(ShownPath root, TreeCopy tree)
    {
        bool isPossible = ReviewLayer.IsPossible(root.Real, _place)
            && !FileTree.OwnPlaces(_asked).Any(own => own.Length > 1 && DirectoryTree.Holds(root.Path, own));
        if (!isPossible) return null;
        SafeFileHandle original = Judged(root);
        string layer = LayerIn(_place, _copies.Count);
        Directory.CreateDirectory(layer, TreeCopy.OwnersAll);
        if (!tree.TrySee(original) || !ReviewLayer.TryMake(layer, tree.Entries))
        {
            original.Dispose();
            return null;
        }
        _copies.Add(new(new(root.Path, root.Real, root.Identity, null), tree.Entries, original,
            Opened(Path.Join(layer, LayeredPath.Upper))) { Layer = layer });
        return new(root.Path, root, ShownPath.Needed(layer, PathAccess.Write));
    }

    private static string LayerIn(string place, int root) => Path.Join(place, $"layer-{root}");

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
        for (int number = 0; number < _copies.Count; number++)
        {
            Copied copied = _copies[number];
            // It may have closed the directory itself.
            File.SetUnixFileMode(copied.Copy, TreeCopy.OwnersAll);
            var comparison = new TreeComparison(
                number, copied.Entries, copied.Copy, copied.Original, timesTell, isLayer: copied.Layer is not null);
            ImmutableArray<Change> found = comparison.Changes(out bool isShort);
            isCutShort |= isShort;
            string[] programs = [.. Confinement.Protected.Where(path => DirectoryTree.Holds(copied.Root.Directory, path))
                .Select(path => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path[copied.Root.Directory.Length..].TrimStart('/'))))];
            changes.AddRange(Marks.On(found, copied.Copy, copied.Root.Directory, programs, Confinement.Shows, comparison.IsOnlyBelow));
            Descriptor.MoveTo(copied.Copy, 0);
            Prune(copied.Copy, "", [.. found
                .Where(c => c is { Type: ChangedType.File, BytesAfter: not null, Kind: not ChangeKind.Mode,
                    Obstacle: ChangeObstacle.None or ChangeObstacle.TooLarge })
                .Select(c => c.Path)], level: 0);
            if (copied.Layer is null) continue;
            Directory.Move(Path.Join(copied.Layer, LayeredPath.Upper), KeptReview.CopyIn(_place, number));
            using SafeFileHandle place = Opened(_place);
            _ = TreeRemoval.Remove(place, Encoding.ASCII.GetBytes(Path.GetFileName(copied.Layer)));
        }
        if (changes.Count == 0) return null;
        var content = new Review(command, when, exitCode, isCutShort, Roots, LeftOut, changes.DrainToImmutable());
        KeptReview kept = _room.Within(() => KeptReviews.Save(_number, _place, content));
        _isKept = true;
        return kept;
    }

    public void Dispose()
    {
        Close();
        if (!_isKept) _ = _kept.Remove(_place);
        _held.Dispose();
    }

    private void Close()
    {
        foreach (Copied copied in _copies)
        {
            copied.Original.Dispose();
            copied.Copy.Dispose();
        }
        _copies.Clear();
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

    private static SafeFileHandle Judged(ShownPath root) =>
        root.TryOpenDirectory() ?? throw new CopyRefusedException(CopyRefusal.Replaced, root.Path);

    private static SafeFileHandle Opened(string directory)
    {
        SafeFileHandle opened = RawFile.Open(directory, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        return errno == 0 ? opened : throw new KernelException("open", errno, directory);
    }

    private sealed record Copied(
        CopiedRoot Root, Dictionary<string, CopiedEntry> Entries, SafeFileHandle Original, SafeFileHandle Copy)
    {
        /// <summary>In which what was written lies, until it is compared; null: it is a copy.</summary>
        public string? Layer { get; init; }
    }
}
