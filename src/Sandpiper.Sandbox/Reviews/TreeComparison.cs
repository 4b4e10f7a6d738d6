using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Leftovers;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>
/// What a program did in its copy, when it and all that it started are dead. Nobody changes the copy any more, but what is in it was made
/// by somebody who wants to be misunderstood: names that are no text, directories that are closed, a million levels, links, FIFOs.
/// </summary>
internal sealed class TreeComparison
{
    /// <summary>More changes are not told one by one, and cannot be taken.</summary>
    public const int MostChanges = 100_000;

    private const UnixFileMode OwnersReading = UnixFileMode.UserRead;

    private readonly int _root;
    private readonly Dictionary<string, CopiedEntry> _before;
    private readonly SafeFileHandle _copy, _original;
    private readonly bool _timesTell, _isLayer;
    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);
    private readonly List<Change> _changes = [];

    /// <param name="root">Its number, for the changes.</param>
    /// <param name="before">What was copied.</param>
    /// <param name="copy">Opened for reading.</param>
    /// <param name="original">Opened for reading, before the copy was made.</param>
    /// <param name="timesTell">No content changes without a change of its time.</param>
    /// <param name="isLayer">It was no copy: only what was written is in it, and what stands for what is gone.</param>
    public TreeComparison(int root, Dictionary<string, CopiedEntry> before, SafeFileHandle copy, SafeFileHandle original, bool timesTell,
        bool isLayer) => (_root, _before, _copy, _original, _timesTell, _isLayer) =
        (root, new(before, StringComparer.Ordinal), copy, original, timesTell, isLayer);

    /// <param name="isCutShort">There are more.</param>
    /// <returns>
    /// In the order of their paths; nothing is known yet of who runs them. Of a layer what stands for nothing is gone afterwards.
    /// </returns>
    public ImmutableArray<Change> Changes(out bool isCutShort)
    {
        Descriptor.MoveTo(_copy, 0);
        Walk(_copy, "", level: 0);
        AddRemoved();
        isCutShort = IsFull;
        return [.. _changes.Take(MostChanges).OrderBy(change => change.Path, StringComparer.Ordinal)
            .ThenBy(change => change.Kind is not ChangeKind.Removed)];
    }

    /// <summary>Whether the program saw it, as it was, without its being in what was compared: a layer holds only what was
    /// written.</summary>
    public bool IsOnlyBelow(string path) => _isLayer && _before.TryGetValue(path, out CopiedEntry entry)
        && entry.Kind is CopiedKind.File or CopiedKind.Directory or CopiedKind.Link && !IsHidden(path);

    private bool IsFull => _changes.Count > MostChanges;

    private void Walk(SafeFileHandle directory, string prefix, int level)
    {
        foreach (DirectoryEntry entry in DirectoryEntries.Of(directory, 2 * MostChanges))
        {
            if (IsFull) return;
            if (!NameInDirectory.TryLookAt(directory, entry.Name, out FileStatus status)) continue;
            string path = prefix + Encoding.Latin1.GetString(entry.Name);
            if (_isLayer && status.Type is FileType.Other && OverlayMount.IsWhiteout(directory, entry.Name))
            {
                _ = _hidden.Add(path);
                _ = NameInDirectory.Remove(directory, entry.Name);
                continue;
            }
            bool wasThere = _before.Remove(path, out CopiedEntry before);
            if (status.Type is FileType.Directory) LookAtDirectory(directory, entry.Name, path, status, wasThere ? before : null, level);
            else LookAt(directory, entry.Name, path, status, wasThere ? before : null);
        }
    }

    private void LookAtDirectory(SafeFileHandle parent, byte[] name, string path, in FileStatus status, CopiedEntry? before, int level)
    {
        // Its owner may open what the program closed; that it did is told.
        if ((status.Mode & TreeCopy.OwnersAll) != TreeCopy.OwnersAll) SetMode(parent, name, status.Mode | TreeCopy.OwnersAll);
        using SafeFileHandle directory = PlaceBelow.OpenDirectory(parent, name);
        var change = new Change(_root, path, ChangeKind.New, ChangedType.Directory) { ModeAfter = status.Mode & TreeCopy.Permissions };
        switch (before)
        {
            case { Kind: CopiedKind.LeftOut } leftOut:
                // Something was made in the empty directory, or another one, which it could do by moving what lies above.
                bool isOurs = status.Identity == leftOut.Here.Identity && !directory.IsInvalid && DirectoryEntries.Of(directory, 1).IsEmpty;
                if (!isOurs) Add(change with { Before = leftOut.There, Obstacle = ChangeObstacle.NotCopied });
                return;
            case { Kind: CopiedKind.Withheld or CopiedKind.NotCopied } other:
                Add(change with { Before = other.There, Obstacle = ObstacleOf(other.Kind) });
                return;
            case { Kind: CopiedKind.Directory } same:
                if (_isLayer && !directory.IsInvalid && OverlayMount.IsOpaque(directory)) _ = _hidden.Add(path);
                if (change.ModeAfter != same.Mode)
                    Add(change with { Kind = ChangeKind.Mode, ModeBefore = same.Mode, Before = same.There });
                break;
            default:
                if (before is { } file) AddRemoved(path, file);
                if (level == TreeCopy.MostLevels)
                {
                    Add(change with { Obstacle = ChangeObstacle.TooDeep });
                    return;
                }
                Add(change);
                break;
        }
        if (!directory.IsInvalid) Walk(directory, path + "/", level + 1);
    }

    private void LookAt(SafeFileHandle parent, byte[] name, string path, in FileStatus status, CopiedEntry? before)
    {
        ChangedType type = status.Type switch
        {
            FileType.Regular => ChangedType.File,
            FileType.SymbolicLink => ChangedType.Link,
            _ => ChangedType.Other,
        };
        if (type is ChangedType.File && !status.Mode.HasFlag(OwnersReading)) SetMode(parent, name, status.Mode | OwnersReading);
        var change = new Change(_root, path, type is ChangedType.Link ? ChangeKind.Link : ChangeKind.New, type)
        {
            BytesAfter = type is ChangedType.File ? status.Size : null,
            ModeAfter = type is ChangedType.File ? status.Mode & TreeCopy.Permissions : null,
            Target = type is ChangedType.Link ? Encoding.Latin1.GetString(NameInDirectory.TargetOf(parent, name) ?? []) : null,
            Obstacle = type is ChangedType.Other ? ChangeObstacle.NoFile
                : type is ChangedType.File && status.Size > CopyBudget.MostBytes ? ChangeObstacle.TooLarge : ChangeObstacle.None,
        };
        switch (before)
        {
            case null:
                Add(change);
                return;
            case { Kind: CopiedKind.Withheld or CopiedKind.LeftOut or CopiedKind.NotCopied } apart:
                if (apart.Kind is CopiedKind.NotCopied || type is not ChangedType.File || status.Size > 0)
                    Add(change with { Before = apart.There, Obstacle = ObstacleOf(apart.Kind) });
                return;
            case { Kind: CopiedKind.Directory } directory:
                _ = _hidden.Add(path);
                AddRemoved(path, directory);
                Add(change);
                return;
            case { Kind: CopiedKind.Link } link:
                if (change.Target is null || !string.Equals(change.Target, link.Target, StringComparison.Ordinal))
                    Add(change with { Kind = type is ChangedType.Link ? ChangeKind.Link : ChangeKind.Changed, Before = link.There });
                return;
            case { } file:
                change = change with { Before = file.There, BytesBefore = file.There.Size, ModeBefore = file.Mode };
                if (type is not ChangedType.File)
                    Add(change with { Kind = type is ChangedType.Link ? ChangeKind.Link : ChangeKind.Changed });
                else if (!_timesTell || FileStamp.Of(status) != file.Here) LookInto(change, file);
                return;
        }
    }

    // It may have been written as it was, or got another name meanwhile: then nothing of it is another one.
    private void LookInto(Change change, in CopiedEntry file)
    {
        byte[] path = WatchedTree.BytesOf(change.Path);
        using (SafeFileHandle there = PlaceBelow.OpenFile(_original, path))
        {
            bool isAsItWas = !there.IsInvalid && FileStamp.Of(FileStatus.Of(there)) == file.There;
            if (!isAsItWas || change.BytesAfter != change.BytesBefore || !IsSame(there, path))
            {
                // What it was nobody can say any more, where somebody else changed it, too: only its stamp tells then.
                if (isAsItWas || FileStatusHere(path) != file.Here) Add(change with { Kind = ChangeKind.Changed });
                return;
            }
        }
        if (change.ModeAfter != change.ModeBefore) Add(change with { Kind = ChangeKind.Mode });
    }

    private FileStamp? FileStatusHere(byte[] path)
    {
        using SafeFileHandle place = PlaceBelow.Open(_copy, path);
        return place.IsInvalid ? null : FileStamp.Of(FileStatus.Of(place));
    }

    private bool IsSame(SafeFileHandle original, byte[] path)
    {
        using SafeFileHandle here = PlaceBelow.OpenFile(_copy, path);
        return !here.IsInvalid && SameContent.Have(original, here);
    }

    private void AddRemoved()
    {
        foreach (var (path, entry) in _before)
        {
            if (!_isLayer || IsHidden(path)) AddRemoved(path, entry);
        }
    }

    private bool IsHidden(string path) => _hidden.Count > 0 && Change.Above(path).Append(path).Any(_hidden.Contains);

    // What was never in the copy cannot be missing there.
    private void AddRemoved(string path, in CopiedEntry entry)
    {
        ChangedType? type = entry.Kind switch
        {
            CopiedKind.File => ChangedType.File,
            CopiedKind.Directory => ChangedType.Directory,
            CopiedKind.Link => ChangedType.Link,
            _ => null,
        };
        if (type is null) return;
        Add(new Change(_root, path, ChangeKind.Removed, type.Value)
        {
            BytesBefore = type is ChangedType.File ? entry.There.Size : null,
            ModeBefore = type is ChangedType.Link ? null : entry.Mode,
            Before = entry.There,
        });
    }

    private void Add(Change change)
    {
        if (!IsFull) _changes.Add(change);
    }

    private static ChangeObstacle ObstacleOf(CopiedKind kind) =>
        kind is CopiedKind.Withheld ? ChangeObstacle.Withheld : ChangeObstacle.NotCopied;

    private static void SetMode(SafeFileHandle directory, byte[] name, UnixFileMode mode)
    {
        using SafeFileHandle place = PlaceBelow.Open(directory, name);
        if (!place.IsInvalid && FileFacts.KindOf(place) is FileType.Regular or FileType.Directory)
            File.SetUnixFileMode($"/proc/self/fd/{place.DangerousGetHandle()}", mode & TreeCopy.Permissions);
    }
}
