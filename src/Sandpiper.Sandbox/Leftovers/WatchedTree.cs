using System.Collections.Frozen;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>Something that other programs run by itself, at one moment.</summary>
/// <param name="Rule">Who runs it.</param>
/// <param name="Identity">Which file, link or directory.</param>
/// <param name="ChangedAt">Nobody can set it; of a directory nothing, for that says what was put in it.</param>
internal sealed record Watched(AutorunName Rule, FileIdentity Identity, UnixTime ChangedAt)
{
    /// <summary>Of a link: where it leads.</summary>
    public string? Target { get; init; }
}

/// <summary>
/// Everything in a directory, at any depth, that other programs run by itself. It is walked by handles: no name is looked up twice, and no
/// link is followed.
/// </summary>
internal sealed class WatchedTree
{
    /// <summary>Below that nothing is looked at, and that is told.</summary>
    public const int MostLevels = 100;

    private static readonly AutorunName _repository = new(".git", "git", IsUnasked: true);
    private static readonly AutorunName _repositorySettings = new("config", "git", IsUnasked: true);

    // A link into these is what installers and environments make.
    private static readonly string[] _system =
        ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix"];

    // In these nothing is kept, and each is the same for everybody.
    private static readonly FrozenSet<string> _devices = FrozenSet.ToFrozenSet(
        ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/stdin", "/dev/stdout", "/dev/stderr"],
        StringComparer.Ordinal);

    // Of a repository: nothing in it is another one (gitrepository-layout(5)).
    private static readonly FrozenSet<string> _noRepositories = FrozenSet.ToFrozenSet(
        ["objects", "refs", "logs", "hooks", "info", "lfs", "modules", "worktrees"], StringComparer.Ordinal);

    private const int MostSettingsBytes = 64 << 10, MostTargets = 10_000;

    private readonly string _root;
    private readonly SafeFileHandle _top;
    private readonly Lazy<string> _rootItself;
    private readonly FrozenSet<string> _fixed, _free;
    private readonly Func<string, bool> _mayLeadTo, _isThereToo, _mayBeOpened;
    private readonly Dictionary<string, Watched> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _targets = new(StringComparer.Ordinal);     // many links lead the same way

    private WatchedTree(
        SafeFileHandle top, string root, FrozenSet<string> whole, FrozenSet<string> free, Func<string, bool> mayLeadTo,
        Func<string, bool> isThereToo, Func<string, bool> mayBeOpened)
    {
        (_top, _root, _fixed, _free) = (top, root, whole, free);
        (_mayLeadTo, _isThereToo, _mayBeOpened) = (mayLeadTo, isThereToo, mayBeOpened);
        _rootItself = new(() => LinkDestination.Of("/", root, SymbolicLink.Target) ?? root);
    }

    /// <param name="directory">The root, opened for reading.</param>
    /// <param name="root">Its path.</param>
    /// <param name="whole">Names directly in it whose content cannot be changed: they are looked at as a whole.</param>
    /// <param name="free">Paths below the root that were granted by themselves.</param>
    /// <param name="mayLeadTo">Places to which a link may lead, besides the system's.</param>
    /// <param name="isThereToo">Paths below the root that are there, although not in this directory: it is a layer above another
    /// one. Null: none are.</param>
    /// <param name="mayBeOpened">Directories below the root that are given their owner's rights where they lack them: who closed
    /// them has ended, and hides nothing in them. Null: none are.</param>
    /// <returns>By path below the root, each byte of it a character.</returns>
    public static Dictionary<string, Watched> Read(SafeFileHandle directory, string root, FrozenSet<string> whole,
        FrozenSet<string> free, Func<string, bool> mayLeadTo, Func<string, bool>? isThereToo = null,
        Func<string, bool>? mayBeOpened = null)
    {
        var tree = new WatchedTree(directory, root, whole, free, mayLeadTo, isThereToo ?? (_ => false), mayBeOpened ?? (_ => false));
        if (OwnersRights.Lack(FileStatus.Of(directory)) && tree._mayBeOpened("")) OwnersRights.Give(directory);
        tree.Walk(directory, "", level: 0, content: null);
        return tree._found;
    }

    /// <summary>As a person reads it.</summary>
    public static string Shown(string path) => Encoding.UTF8.GetString(BytesOf(path));

    /// <summary>As the file system has it.</summary>
    public static byte[] BytesOf(string path) => Encoding.Latin1.GetBytes(path);

    // Parts of an environment on the way to its packages (PEP 405; lib64 on some systems).
    private enum Within
    {
        Nothing,
        Environment,
        Library,
        Version,
    }

    private void Walk(SafeFileHandle directory, string prefix, int level, AutorunName? content, Within within = Within.Nothing)
    {
        if (level > MostLevels)
        {
            _found[prefix.TrimEnd('/')] = new(AutorunName.TooDeep, FileFacts.IdentityOf(directory), default);
            return;
        }
        var entries = DirectoryEntries.Of(directory);
        bool Has(string name) => _isThereToo(prefix + name)
            || entries.Any(entry => entry.Name.AsSpan().SequenceEqual(Encoding.Latin1.GetBytes(name)));
        if (IsRepository(prefix, Has))
        {
            WalkRepository(directory, prefix, level);
            // In one of that name nobody stands. What else looks like one is a project all the same: three names are soon made.
            if (IsCalledSo(prefix)) return;
        }
        if (level > 0 && Has("pyvenv.cfg")) within = Within.Environment;
        foreach (DirectoryEntry entry in entries)
        {
            string name = Encoding.Latin1.GetString(entry.Name), path = prefix + name;
            if (_free.Contains(path)) continue;
            bool isFixed = level == 0 && _fixed.Contains(name);
            AutorunName? rule = AutorunName.Of(name) ?? (isFixed ? AutorunName.Environment : content);
            if (within is Within.Environment && name is "pyvenv.cfg") rule = AutorunName.Environment;
            if (name is "node_modules") rule = AutorunName.NodeModules;
            FileType? type = entry.Type;
            bool isRepository = string.Equals(name, ".git", StringComparison.OrdinalIgnoreCase);
            if (isRepository && isFixed) rule = _repository;
            if (type is FileType.Regular && rule is null && !isRepository) continue; // most of what there is
            using SafeFileHandle place = PlaceBelow.Open(directory, entry.Name);
            if (place.IsInvalid) continue;
            FileStatus status = FileStatus.Of(place);
            if (status.Type is not FileType.Directory)
            {
                if (isRepository) rule ??= _repository;
                Add(directory, path, name, status, rule);
                continue;
            }
            if (rule is not null && rule != content) _found[path] = new(rule, status.Identity, default);
            if (isFixed || rule == AutorunName.NodeModules) continue;
            using SafeFileHandle below = Opened(directory, entry.Name, path, place, status);
            if (below.IsInvalid) continue;
            if (within is Within.Version && name is "site-packages" or "dist-packages") WalkPackages(below, path + "/");
            else Walk(below, path + "/", level + 1, rule is { IsUnasked: true } ? rule : null, Below(within, name));
        }
    }

    // Who may enter it finds by name what nobody can list. Its mode cannot be changed, and changed back, without a trace.
    private SafeFileHandle Opened(
        SafeFileHandle directory, ReadOnlySpan<byte> name, string path, SafeFileHandle place, in FileStatus status)
    {
        bool isClosed = OwnersRights.Lack(status);
        if (isClosed && _mayBeOpened(path)) isClosed = OwnersRights.Give(place) is null;
        SafeFileHandle opened = PlaceBelow.OpenDirectory(directory, name);
        if (!opened.IsInvalid && !isClosed) return opened;
        opened.Dispose();
        _found[path] = new(AutorunName.Closed, status.Identity, status.ChangedAt);
        return new SafeFileHandle();
    }

    private SafeFileHandle Opened(SafeFileHandle directory, string name, string path)
    {
        byte[] bytes = BytesOf(name);
        using SafeFileHandle place = PlaceBelow.Open(directory, bytes);
        return !place.IsInvalid && FileStatus.Of(place) is { Type: FileType.Directory } status
            ? Opened(directory, bytes, path, place, status) : new SafeFileHandle();
    }

    private static Within Below(Within within, string name) => within switch
    {
        Within.Environment when name is "lib" or "lib64" => Within.Library,
        Within.Library when name.StartsWith("python", StringComparison.Ordinal) => Within.Version,
        _ => Within.Nothing,
    };

    // Whoever uses the environment runs all of that; by itself Python runs only what lies directly in it.
    private void WalkPackages(SafeFileHandle directory, string prefix)
    {
        foreach (DirectoryEntry entry in DirectoryEntries.Of(directory))
        {
            string name = Encoding.Latin1.GetString(entry.Name);
            if (AutorunName.Of(name) is not { IsPythonStart: true } rule) continue;
            using SafeFileHandle place = PlaceBelow.Open(directory, entry.Name);
            if (place.IsInvalid || _free.Contains(prefix + name)) continue;
            FileStatus status = FileStatus.Of(place);
            _found[prefix + name] = new(rule, status.Identity, status.Type is FileType.Directory ? default : status.ChangedAt);
        }
    }

    private void Add(SafeFileHandle directory, string path, string name, in FileStatus status, AutorunName? rule)
    {
        string? target = null;
        if (status.Type is FileType.SymbolicLink)
        {
            target = new FileInfo($"/proc/self/fd/{directory.DangerousGetHandle()}/{Shown(name)}").LinkTarget ?? "?";
            if (rule is null && !LeadsOut(path, target)) return;
        }
        if (rule is null && target is null) return;
        _found[path] = new(rule ?? AutorunName.Link, status.Identity, status.ChangedAt) { Target = target };
    }

    private bool LeadsOut(string path, string target)
    {
        string? full = LinkDestination.Of(Path.GetDirectoryName(Path.Join(_root, Shown(path)))!, target, TargetOf);
        return full is null || !(DirectoryTree.Holds(_root, full) || DirectoryTree.Holds(_rootItself.Value, full)
            || _devices.Contains(full) || _system.Any(place => DirectoryTree.Holds(place, full)) || _mayLeadTo(full));
    }

    private string? TargetOf(string path)
    {
        if (_targets.TryGetValue(path, out string? known)) return known;
        string? target = Asked(path);
        if (_targets.Count < MostTargets) _targets[path] = target;
        return target;
    }

    // What is looked at need not lie where it is seen: a copy, or a layer above what is there.
    private string? Asked(string path) =>
        (path.Length > _root.Length && DirectoryTree.Holds(_root, path)
            ? SymbolicLink.Target(Path.Join($"/proc/self/fd/{_top.DangerousGetHandle()}", path[_root.Length..])) : null)
        ?? SymbolicLink.Target(path);

    private static bool IsRepository(string prefix, Func<string, bool> has) =>
        IsCalledSo(prefix) || (has("HEAD") && has("objects") && has("refs"));

    // `.git` alone: `project.git` is a name for a project, too.
    private static bool IsCalledSo(string prefix) => $"/{prefix}".EndsWith("/.git/", StringComparison.OrdinalIgnoreCase);

    // Of a repository git runs hooks, and what its settings name; the rest is data, and much.
    private void WalkRepository(SafeFileHandle directory, string prefix, int level)
    {
        if (level > MostLevels) return;
        foreach (string name in (string[])["config", "config.worktree", "commondir"])
        {
            using SafeFileHandle file = PlaceBelow.Open(directory, name);
            if (file.IsInvalid || _free.Contains(prefix + name)) continue;
            FileStatus status = FileStatus.Of(file);
            if (status.Type is FileType.Regular && IsHarmless(directory, name)) continue;
            _found[prefix + name] = new(_repositorySettings, status.Identity, status.ChangedAt);
        }
        using (SafeFileHandle place = PlaceBelow.Open(directory, "hooks"))
        {
            if (!place.IsInvalid && FileStatus.Of(place) is { Type: not FileType.Directory } odd)
                _found[prefix + "hooks"] = new(_repository, odd.Identity, odd.ChangedAt);
        }
        using SafeFileHandle hooks = Opened(directory, "hooks", prefix + "hooks");
        if (!hooks.IsInvalid)
        {
            foreach (DirectoryEntry hook in DirectoryEntries.Of(hooks))
            {
                string name = Encoding.Latin1.GetString(hook.Name), path = $"{prefix}hooks/{name}";
                using SafeFileHandle place = PlaceBelow.Open(hooks, hook.Name);
                if (place.IsInvalid || _free.Contains(path)) continue;
                FileStatus status = FileStatus.Of(place);
                // `git init` makes samples, which git does not run.
                if (status.Type is FileType.Regular && name.EndsWith(".sample", StringComparison.Ordinal)) continue;
                _found[path] = new(_repository, status.Identity, status.Type is FileType.Directory ? default : status.ChangedAt);
            }
        }
        foreach (string within in (string[])["modules", "worktrees"])
        {
            using SafeFileHandle all = Opened(directory, within, prefix + within);
            if (!all.IsInvalid) WalkRepositories(all, $"{prefix}{within}/", level + 1, isRepository: false);
        }
    }

    // The repository of a submodule is called as its path is, `modules/third/party`, and nothing tells where such a name ends.
    private void WalkRepositories(SafeFileHandle directory, string prefix, int level, bool isRepository)
    {
        if (level > MostLevels)
        {
            _found[prefix.TrimEnd('/')] = new(AutorunName.TooDeep, FileFacts.IdentityOf(directory), default);
            return;
        }
        foreach (DirectoryEntry entry in DirectoryEntries.Of(directory))
        {
            string name = Encoding.Latin1.GetString(entry.Name), path = prefix + name;
            if (isRepository && _noRepositories.Contains(name)) continue;
            using SafeFileHandle one = Opened(directory, name, path);
            if (one.IsInvalid) continue;
            WalkRepository(one, path + "/", level);
            using SafeFileHandle head = PlaceBelow.Open(one, "HEAD");
            WalkRepositories(one, path + "/", level + 1, isRepository: !head.IsInvalid);
        }
    }

    private static bool IsHarmless(SafeFileHandle directory, string name)
    {
        using SafeFileHandle file = PlaceBelow.OpenFile(directory, Encoding.Latin1.GetBytes(name));
        if (file.IsInvalid) return false;
        byte[] content = new byte[MostSettingsBytes + 1];
        int length = 0;
        while (length < content.Length && Descriptor.Read(file, content.AsSpan(length)) is > 0 and var got) length += got;
        if (length > MostSettingsBytes) return false;
        ReadOnlySpan<byte> read = content.AsSpan(0, length);
        // Of a worktree: what it shares is two above, where it is looked at itself.
        return name is "commondir" ? read.TrimEnd("\n"u8).SequenceEqual("../.."u8) : RepositorySettings.AreHarmless(read);
    }
}
