using System.Collections.Frozen;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Leftovers;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>
/// Copies a tree that may change meanwhile, and notes how the kernel knew each original and each copy. By handles, through no link; a link
/// is copied as one, what is no file is not copied, nor are rights of set-user-ID.
/// </summary>
/// <remarks>
/// Not copied either, but shown read-only where they lie: repositories, environments, packages of Node's. They are large, their users run
/// all that is in them, and nobody reads their differences file by file.
/// </remarks>
internal sealed class TreeCopy
{
    /// <summary>Directories in each other.</summary>
    public const int MostLevels = WatchedTree.MostLevels;

    public const UnixFileMode OwnersAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Who may read, write, start it; not with whose rights.</summary>
    public const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    internal const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly FrozenSet<string> _shownBeside = FrozenSet.ToFrozenSet(
        [".git", ".hg", ".svn", ".jj", ".bzr", "node_modules", ".tox", ".nox"], StringComparer.Ordinal);

    private readonly Dictionary<string, CopiedEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<(string Path, FileIdentity Identity)> _leftOut = [];
    private readonly CopyBudget _budget;
    private readonly string _root;
    private readonly FrozenSet<string> _withheld, _beside, _named;
    private FileIdentity _seen;
    private bool _canBeLayered = true, _isOnlyWeighed;

    /// <param name="root">For words.</param>
    /// <param name="withheld">Paths below it of files in whose place something else is found.</param>
    /// <param name="beside">Paths below it that are shown by themselves, read-only.</param>
    /// <param name="named">Paths below it that were granted by themselves: they are copied, whatever they are called.</param>
    /// <param name="budget">Shared by all copies of a run.</param>
    public TreeCopy(string root, IEnumerable<string> withheld, IEnumerable<string> beside, IEnumerable<string> named, CopyBudget budget)
    {
        (_root, _budget) = (root, budget);
        (_withheld, _beside, _named) = (Below(withheld), Below(beside), Below(named));

        FrozenSet<string> Below(IEnumerable<string> paths) => paths
            .Where(path => path.Length > root.Length && DirectoryTree.Holds(root, path))
            .Select(path => Encoding.Latin1.GetString(NativeText.Bytes(path[root.Length..].TrimStart('/'))))
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>By path below the root, each byte of it a character.</summary>
    public Dictionary<string, CopiedEntry> Entries => _entries;

    /// <summary>Directories that are to be shown over the empty ones that stand for them here.</summary>
    public IReadOnlyList<(string Path, FileIdentity Identity)> LeftOut => _leftOut;

    /// <param name="from">The tree, opened for reading.</param>
    /// <param name="to">An empty directory of our own.</param>
    /// <exception cref="CopyRefusedException">There is too much of it.</exception>
    /// <exception cref="KernelException">A copy cannot be written.</exception>
    public void Copy(SafeFileHandle from, SafeFileHandle to) => Copy(from, to, "", level: 0);

    /// <summary>The same, but that nothing is copied: what a copy would be is noted.</summary>
    /// <returns>False where a layer above it would not do for a copy; then not all of it was seen.</returns>
    /// <inheritdoc cref="Copy(SafeFileHandle, SafeFileHandle)"/>
    public bool TrySee(SafeFileHandle directory)
    {
        FileStatus root = FileStatus.Of(directory);
        _seen = root.Identity;
        _canBeLayered = ReviewLayer.MayHold(root.Identity, root);
        Copy(directory, null, "", level: 0);
        return _canBeLayered;
    }

    /// <summary>Nothing is copied, and nothing noted but how much a copy would take.</summary>
    /// <inheritdoc cref="Copy(SafeFileHandle, SafeFileHandle)" path="/exception"/>
    public void Weigh(SafeFileHandle directory)
    {
        _isOnlyWeighed = true;
        Copy(directory, null, "", level: 0);
    }

    /// <summary>One file of a directory.</summary>
    /// <inheritdoc cref="Copy(SafeFileHandle, SafeFileHandle)"/>
    public void CopyFile(SafeFileHandle from, SafeFileHandle to, byte[] name)
    {
        if (NameInDirectory.TryLookAt(from, name, out FileStatus status))
            CopyOne(from, to, name, Encoding.Latin1.GetString(name), status, level: 0);
    }

    private void Copy(SafeFileHandle from, SafeFileHandle? to, string prefix, int level)
    {
        if (level > MostLevels) throw new CopyRefusedException(CopyRefusal.TooDeep, _root);
        foreach (DirectoryEntry entry in DirectoryEntries.Of(from, _budget.MostNames))
        {
            if (!NameInDirectory.TryLookAt(from, entry.Name, out FileStatus status)) continue;
            // The kernel goes by what the file system tells of a name.
            if (to is null && !_isOnlyWeighed) _canBeLayered &= entry.Type is not null && ReviewLayer.MayHold(_seen, status);
            if (!_canBeLayered) return;
            CopyOne(from, to, entry.Name, prefix + Encoding.Latin1.GetString(entry.Name), status, level);
        }
    }

    private void CopyOne(SafeFileHandle from, SafeFileHandle? to, byte[] name, string path, in FileStatus status, int level)
    {
        _budget.Count(_root);
        _entries[path] = status.Type switch
        {
            FileType.Regular => to is null ? SeeFile(path, status) : CopyFile(from, to, name, path),
            FileType.Directory => CopyDirectory(from, to, name, path, level),
            FileType.SymbolicLink => CopyLink(from, to, name, status),
            _ => new(CopiedKind.NotCopied, default, FileStamp.Of(status), default),
        };
    }

    private CopiedEntry SeeFile(string path, in FileStatus there)
    {
        if (!there.Mode.HasFlag(UnixFileMode.UserRead)) return new(CopiedKind.NotCopied, default, default, default);
        CopiedKind kind = KindOf(path);
        if (_isOnlyWeighed && kind is CopiedKind.File) _budget.Take(there.Size, _root);
        return new(kind, there.Mode & Permissions, FileStamp.Of(there), default);
    }

    private CopiedKind KindOf(string path) =>
        _withheld.Contains(path) ? CopiedKind.Withheld : _beside.Contains(path) ? CopiedKind.LeftOut : CopiedKind.File;

    private CopiedEntry CopyFile(SafeFileHandle from, SafeFileHandle to, byte[] name, string path)
    {
        using SafeFileHandle file = PlaceBelow.OpenFile(from, name);
        FileStatus there = file.IsInvalid ? default : FileStatus.Of(file);
        if (there.Type is not FileType.Regular) return new(CopiedKind.NotCopied, default, FileStamp.Of(there), default);
        using SafeFileHandle made = NameInDirectory.MakeFile(to, name, OwnersAlone, out int errno);
        if (errno != 0) throw new KernelException("open", errno, $"a copy of {WatchedTree.Shown(path)}");
        UnixFileMode mode = there.Mode & Permissions;
        CopiedKind kind = KindOf(path);
        if (kind is CopiedKind.File)
        {
            _budget.Take(there.Size, _root);
            // It may grow meanwhile.
            long copied = ContentCopy.Copy(file, made, _budget.Bytes + there.Size);
            if (copied > there.Size) _budget.Take(copied - there.Size, _root);
            Finish(made, mode, there.ModifiedAt);
        }
        return new(kind, mode, FileStamp.Of(there), FileStamp.Of(FileStatus.Of(made)));
    }

    private CopiedEntry CopyDirectory(SafeFileHandle from, SafeFileHandle? to, byte[] name, string path, int level)
    {
        using SafeFileHandle directory = PlaceBelow.OpenDirectory(from, name);
        if (directory.IsInvalid) return new(CopiedKind.NotCopied, default, default, default);
        FileStatus there = FileStatus.Of(directory);
        using SafeFileHandle? made = to is null ? null : MadeIn(to, name, path);
        UnixFileMode mode = there.Mode & Permissions;
        bool isBeside = _beside.Contains(path);
        if (isBeside || (!_named.Contains(path) && IsShownBeside(directory, name)))
        {
            _budget.LeaveOut(_root);
            // What was granted to be read is shown anyway.
            if (!isBeside) _leftOut.Add((path, there.Identity));
            return new(CopiedKind.LeftOut, mode, FileStamp.Of(there), made is null ? default : FileStamp.Of(FileStatus.Of(made)))
                { IsDirectory = true };
        }
        Copy(directory, made, path + "/", level + 1);
        if (made is not null) Finish(made, mode, there.ModifiedAt);
        return new(CopiedKind.Directory, mode, FileStamp.Of(there), default) { IsDirectory = true };
    }

    /// <summary>A new directory of our own.</summary>
    /// <exception cref="KernelException">It cannot be made.</exception>
    internal static SafeFileHandle MadeIn(SafeFileHandle to, byte[] name, string path)
    {
        int errno = NameInDirectory.MakeDirectory(to, name, OwnersAll);
        SafeFileHandle made = PlaceBelow.OpenDirectory(to, name);
        if (errno == 0 && !made.IsInvalid) return made;
        made.Dispose();
        throw new KernelException("mkdir", errno, $"a copy of {WatchedTree.Shown(path)}");
    }

    /// <summary>When all is in it: it may be closed from now on.</summary>
    internal static void Finish(SafeFileHandle made, UnixFileMode mode, UnixTime modifiedAt)
    {
        File.SetUnixFileMode(made, mode);
        SetTime(made, modifiedAt);
    }

    private static bool IsShownBeside(SafeFileHandle directory, byte[] name) => _shownBeside.Contains(Encoding.Latin1.GetString(name))
        || NameInDirectory.TryLookAt(directory, "pyvenv.cfg"u8, out _); // PEP 405

    private static CopiedEntry CopyLink(SafeFileHandle from, SafeFileHandle? to, byte[] name, in FileStatus status)
    {
        if (NameInDirectory.TargetOf(from, name) is not { } target || (to is not null && NameInDirectory.MakeLink(to, name, target) != 0))
            return new(CopiedKind.NotCopied, default, FileStamp.Of(status), default);
        return new(CopiedKind.Link, default, FileStamp.Of(status), default) { Target = Encoding.Latin1.GetString(target) };
    }

    // Tools decide by it what is to be made anew. A time that no calendar has stays that of the copy.
    private static void SetTime(SafeFileHandle file, UnixTime time)
    {
        if (time.Seconds is > 0 and < uint.MaxValue) File.SetLastWriteTimeUtc(file, time.ToDateTime().UtcDateTime);
    }
}
