using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Auditing.ByteCode;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.People;
using Sandpiper.Auditing.Places;
using Sandpiper.Auditing.Records;
using Sandpiper.Kernel.Files;
using Sandpiper.Wheels;

namespace Sandpiper.Auditing.Looking;

/// <summary>One site, looked at: list, hold against RECORD, judge what is nobody's.</summary>
internal sealed class SiteLook
{
    private const UnixFileMode SetsUser = UnixFileMode.SetUser | UnixFileMode.SetGroup;
    private const string ManagedMarker = "EXTERNALLY-MANAGED";

    private readonly Site _site;
    private readonly ForeignTree _tree;
    private readonly Writers _writers;
    private readonly List<AuditFinding> _findings;
    private readonly Claims _claims;
    private readonly TreeListing _listing;
    private readonly Dictionary<string, SeenFile> _byPath;
    private readonly CancellationToken _cancel;

    public SiteLook(
        Site site, ForeignTree tree, Claims claims, Writers writers, List<AuditFinding> findings, CancellationToken cancel)
    {
        (_site, _tree, _claims, _writers, _findings, _cancel) = (site, tree, claims, writers, findings, cancel);
        _listing = TreeListing.Of(tree, site.Directory, claims, findings, cancel);
        _byPath = _listing.Files.Where(f => f.IsText).ToDictionary(f => f.Path, StringComparer.Ordinal);
    }

    /// <summary>Files that were looked at, those outside the site that RECORD names included.</summary>
    public int Files => _listing.Files.Length + _claims.Outside.Count;

    public void Judge(ImmutableArray<Distribution> packages)
    {
        Hold();
        LookForMissing();
        LookOutside();
        JudgeUnowned();
        JudgeNames();
        JudgeRights();
        JudgePackages(packages);
        JudgePlace();
    }

    private void Hold()
    {
        var found = new ConcurrentBag<AuditFinding>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = _cancel };
        // Of nothing there are no parts, and a partitioner throws: a new environment is empty, and what Debian keeps for pip.
        if (_listing.Files.IsEmpty) return;
        Parallel.ForEach(Partitioner.Create(0, _listing.Files.Length, 64), options, range =>
        {
            for (int i = range.Item1; i < range.Item2; i++)
            {
                _cancel.ThrowIfCancellationRequested();
                foreach (AuditFinding finding in Of(_listing.Files[i])) found.Add(finding);
            }
        });
        _findings.AddRange(found);
    }

    private IEnumerable<AuditFinding> Of(SeenFile file)
    {
        bool isVouchedFor = false;
        if (file.Status.Type == FileType.Regular && file.Claims.Count > 0)
        {
            Agreement agreement = Compare(_tree, file.Raw.Span, file.Status, file.Claims, out string[] rightOnes);
            isVouchedFor = agreement == Agreement.Right && file.Claims.Any(c => c.Digest is not null || c.Md5 is not null);
            string full = $"{_site.Directory}/{file.Path}";
            if (Finding(agreement, file.Path, full, file.Claims, rightOnes) is { } finding) yield return finding;
        }
        if (file.Status.Type == FileType.SymbolicLink && OfLink(file) is { } link) yield return link;
        if (file.Status.Type is FileType.Other or FileType.BlockDevice)
            yield return new(AuditKind.SpecialFile, Gravity.Alarm, $"{_site.Directory}/{file.Path}");
        if (file.IsText && file.Status.Type == FileType.Regular && StartUpFiles.Is(file.Path))
        {
            foreach (AuditFinding hook in StartUpFiles.Of(_tree, _site.Directory, file, _writers)) yield return hook;
        }
        if (file.IsText && file.Status.Type == FileType.Regular && CachedModule.IsByteCode(file.Path)
            && ByteCodeFiles.Of(_tree, _site.Directory, file, p => _byPath.GetValueOrDefault(p), isVouchedFor) is { } code)
        {
            yield return code;
        }
    }

    private static Agreement Compare(
        ForeignTree tree, ReadOnlySpan<byte> path, in FileStatus status, IReadOnlyList<Claim> claims, out string[] rightOnes)
    {
        rightOnes = [];
        // Most rows of a system's packages, and RECORD's own, say nothing that could be held against a file.
        if (!claims.Any(c => c.Digest is not null || c.Md5 is not null || c.Size is not null)) return Agreement.Right;
        using SafeFileHandle? opened = tree.TryOpenFile(path);
        return opened is null ? Agreement.Unknown : Contents.Compare(opened, status, claims, out rightOnes);
    }

    private static AuditFinding? Finding(
        Agreement agreement, string path, string full, IReadOnlyList<Claim> claims, string[] rightOnes)
    {
        ImmutableArray<string> owners = [.. claims.Select(c => c.Owner).Distinct(StringComparer.Ordinal)];
        // Byte code is made anew when its source changes; what it is worth is asked elsewhere.
        return agreement switch
        {
            Agreement.Unknown => new(AuditKind.NotLookedAt, Gravity.Alarm, full)
            {
                Packages = owners, Seen = "it changed while it was read, or may not be read",
            },
            Agreement.Wrong when !CachedModule.IsByteCode(path) || CachedModule.IsImportable(path) =>
                new(AuditKind.Changed, Gravity.Alarm, full) { Packages = owners },
            Agreement.RightForOne => new(AuditKind.Overwritten, Gravity.Alarm, full)
            {
                Packages = owners, Seen = string.Join(", ", rightOnes.Distinct(StringComparer.Ordinal)),
            },
            Agreement.Right when owners.Length > 1 => new(AuditKind.SeveralOwners, Gravity.Note, full) { Packages = owners },
            _ => null,
        };
    }

    private AuditFinding? OfLink(SeenFile file)
    {
        string full = $"{_site.Directory}/{file.Path}";
        if (!file.IsText) return null;
        string? real = ProgramFile.Resolve(full);
        ImmutableArray<string> owners = [.. file.Claims.Select(c => c.Owner).Distinct(StringComparer.Ordinal)];
        // A package of the system says nothing of what a link leads to, and its own links lead into /usr/share.
        if (file.Claims.Count > 0 && file.Claims.All(c => c.Digest is null && c.Size is null)) return null;
        if (real is null) return file.Claims.Count > 0 ? new(AuditKind.Changed, Gravity.Alarm, full) { Packages = owners } : null;
        Agreement agreement = file.Claims.Count > 0 ? BehindLink(real, file.Claims) : Agreement.Right;
        if (Finding(agreement, file.Path, full, file.Claims, []) is { } wrong) return wrong;
        if (PathBelow.Of(real, _site.Prefix) is not null) return null;
        return new(AuditKind.LinkLeadsOut, file.Claims.Count > 0 ? Gravity.Note : Gravity.Alarm, full) { Packages = owners, Seen = real };
    }

    private static Agreement BehindLink(string real, IReadOnlyList<Claim> claims)
    {
        try
        {
            using SafeFileHandle? opened = RegularFile.TryOpen(real);
            return opened is null ? Agreement.Wrong : Contents.Compare(opened, FileStatus.Of(opened), claims, out _);
        }
        catch (IOException)
        {
            return Agreement.Unknown;
        }
    }

    private void LookForMissing()
    {
        foreach (var missing in _claims.Inside.Where(c => !_byPath.ContainsKey(c.Key) && !CachedModule.IsByteCode(c.Key)
            && !IsDirectory(c.Key)).GroupBy(c => c.Value[0].Owner, StringComparer.Ordinal))
        {
            string[] paths = [.. missing.Select(m => m.Key).Order(StringComparer.Ordinal)];
            _findings.Add(new(AuditKind.Missing, Gravity.Alarm, $"{_site.Directory}/{paths[0]}")
            {
                Packages = [missing.Key], Count = paths.Length,
            });
        }
    }

    private bool IsDirectory(string path) =>
        _tree.TryLookAt(Encoding.UTF8.GetBytes(path.TrimEnd('/')), out FileStatus status) && status.Type == FileType.Directory;

    // Commands, man pages, data: where the scheme of this Python puts them.
    private void LookOutside()
    {
        using ForeignTree? prefix = _claims.Outside.Count > 0 ? ForeignTree.TryOpen(_site.Prefix) : null;
        foreach (var (path, claims) in _claims.Outside.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            string full = $"{_site.Prefix}/{path}";
            byte[] raw = Encoding.UTF8.GetBytes(path);
            if (prefix is null || !prefix.TryLookAt(raw, out FileStatus status))
            {
                if (!CachedModule.IsByteCode(path))
                    _findings.Add(new(AuditKind.Missing, Gravity.Alarm, full) { Packages = [claims[0].Owner] });
                continue;
            }
            Agreement agreement = status.Type == FileType.Regular ? Compare(prefix, raw, status, claims, out _)
                : ProgramFile.Resolve(full) is { } real ? BehindLink(real, claims) : Agreement.Wrong;
            if (Finding(agreement, path, full, claims, []) is { } finding) _findings.Add(finding);
            AddRights(status, full);
        }
        LookAtCommands();
    }

    private void LookAtCommands()
    {
        if (_site.Scripts is not { } scripts) return;
        var ours = _claims.Outside.Where(o => o.Key.StartsWith("bin/", StringComparison.Ordinal))
            .ToDictionary(o => o.Key["bin/".Length..], o => o.Value[0].Owner, StringComparer.Ordinal);
        // The commands of an environment are all its own; beside the system's and the user's lies what nobody wrote down.
        var names = new SortedSet<string>(ours.Keys, StringComparer.Ordinal);
        var there = new List<ForeignTree.Entry>();
        using ForeignTree? directory = _site.Kind == SiteKind.VirtualEnvironment ? ForeignTree.TryOpen(scripts) : null;
        directory?.TryList([], 100_000, there);
        foreach (ForeignTree.Entry entry in there)
        {
            string name = ShownName.Of(entry.Path.Span, out _), full = $"{scripts}/{name}";
            if (entry.Status is not { Type: not FileType.Directory } status) continue;
            if (ReservedNames.IsSettings(name)) _findings.Add(new(AuditKind.InterpreterSettings, Gravity.Alarm, full));
            else if (names.Add(name) && !IsOfEnvironment(name)) _findings.Add(new(AuditKind.Unowned, Gravity.Alarm, full));
            if (!ours.ContainsKey(name)) AddRights(status, full);
        }
        foreach (string name in names)
        {
            if (SystemCommands.Behind(name, scripts) is not { } theirs) continue;
            string? owner = ours.GetValueOrDefault(name);
            // Who installs ninja wants that one.
            bool isItsOwnName = owner?.StartsWith($"{name} ", StringComparison.Ordinal) == true;
            _findings.Add(new(AuditKind.ShadowsCommand, isItsOwnName ? Gravity.Note : Gravity.Alarm, $"{scripts}/{name}")
            {
                Packages = owner is null ? [] : [owner], Seen = theirs,
            });
        }
    }

    // What venv, virtualenv and uv put beside the interpreter; what is in them nobody wrote down.
    private static bool IsOfEnvironment(string name) => ReservedNames.InBin(name) is not null
        || ReservedNames.InBin(Path.GetFileNameWithoutExtension(name)) is not null || name is "pydoc.bat";

    private void JudgeUnowned()
    {
        var owned = new HashSet<string>(StringComparer.Ordinal);
        foreach (SeenFile file in _listing.Files.Where(f => f.Claims.Count > 0)) AddParents(file.Path, owned);
        IEnumerable<SeenFile> nobodys = _listing.Files.Where(f => f.Claims.Count == 0
            && f.Status.Type is FileType.Regular or FileType.SymbolicLink && !IsExplainedElsewhere(f));
        foreach (var group in nobodys.GroupBy(f => Topmost(f.Path, owned), StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            int count = group.Count();
            bool isLeftOver = group.Key.StartsWith('~');
            _findings.Add(new(isLeftOver ? AuditKind.LeftOver : AuditKind.Unowned, isLeftOver ? Gravity.Note : Gravity.Alarm,
                $"{_site.Directory}/{group.Key}")
            {
                Count = count, Seen = group.First().Status.Type == FileType.SymbolicLink && count == 1
                    ? SymbolicLink.Target($"{_site.Directory}/{group.First().Path}") : null,
            });
        }
    }

    // Byte code beside its source is nobody's everywhere; start-up files are told of by what they do.
    private bool IsExplainedElsewhere(SeenFile file) => file.IsText
        && ((CachedModule.IsByteCode(file.Path)
                && (!CachedModule.IsImportable(file.Path) || CachedModule.SourceOf(file.Path) is not { } source
                    || !_byPath.ContainsKey(source)))
            || (file.IsTop && StartUpFiles.Is(file.Path) && file.Status.Type == FileType.Regular));

    private static void AddParents(string path, HashSet<string> into)
    {
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            if (!into.Add(path[..slash])) return;
    }

    // The largest directory of which nothing is anybody's.
    private static string Topmost(string path, HashSet<string> owned)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            if (!owned.Contains(path[..slash])) return path[..slash];
        return path;
    }

    private void JudgeNames()
    {
        FrozenSet<string> library = LibraryNames.In(_site.Library);
        foreach (SeenFile seen in _listing.Files.Concat(_listing.Directories))
        {
            string full = $"{_site.Directory}/{seen.Path}";
            if (!seen.IsText || ShownName.Misleads(seen.Name)) _findings.Add(new(AuditKind.OddName, Gravity.Alarm, full));
            if ((seen.Status.Mode & SetsUser) != UnixFileMode.None && seen.Status.Type == FileType.Regular)
                _findings.Add(new(AuditKind.SetsUser, Gravity.Alarm, full));
            if (!seen.IsTop || LibraryNames.ModuleOf(seen.Name) is not { } module || !library.Contains(module)) continue;
            _findings.Add(new(AuditKind.ShadowsLibrary, Gravity.Alarm, full)
            {
                Packages = OwnersBelow(seen), Seen = module,
            });
        }
    }

    private ImmutableArray<string> OwnersBelow(SeenFile seen) => [.. (seen.Status.Type == FileType.Directory
        ? _listing.Files.Where(f => f.Path.StartsWith($"{seen.Path}/", StringComparison.Ordinal)).SelectMany(f => f.Claims)
        : seen.Claims).Select(c => c.Owner).Distinct(StringComparer.Ordinal)];

    private readonly Dictionary<string, (ImmutableArray<string> People, string First, int Count)> _writable = new(StringComparer.Ordinal);

    private void JudgeRights()
    {
        AddRights(_tree.Status, _site.Directory);
        foreach (SeenFile seen in _listing.Directories.Concat(_listing.Files).Where(f => f.Status.Type != FileType.SymbolicLink))
            AddRights(seen.Status, $"{_site.Directory}/{seen.Path}");
        foreach (string? place in (string?[])[_site.Library, _site.Executable, Path.GetDirectoryName(_site.Executable), _site.Scripts])
            if (place is not null && TryLook(place, out FileStatus status)) AddRights(status, place);
        foreach (var (people, first, count) in _writable.Values)
            _findings.Add(new(AuditKind.WritableByOthers, Gravity.Alarm, first) { People = people, Count = count });
        for (string? above = Path.GetDirectoryName(_site.Directory); above is not null; above = Path.GetDirectoryName(above))
        {
            if (!TryLook(above, out FileStatus status)) continue;
            ImmutableArray<string> people = _writers.OfAncestor(status, above);
            if (!people.IsEmpty) _findings.Add(new(AuditKind.AncestorWritable, Gravity.Alarm, above) { People = people });
        }
    }

    private void AddRights(in FileStatus status, string path)
    {
        if (status.Type == FileType.SymbolicLink) return;
        ImmutableArray<string> people = _writers.Of(status, path);
        if (people.IsEmpty) return;
        string key = string.Join('\n', people);
        _writable[key] = _writable.TryGetValue(key, out var before) ? before with { Count = before.Count + 1 } : (people, path, 1);
    }

    private static bool TryLook(string path, out FileStatus status)
    {
        try
        {
            return FileStatus.TryRead(path, out status);
        }
        catch (IOException)
        {
            status = default;
            return false;
        }
    }

    private void JudgePackages(ImmutableArray<Distribution> packages)
    {
        Distribution[] foreign = [.. packages.Where(p => !p.IsOfTheSystem)];
        foreach (Distribution package in foreign)
        {
            string full = $"{_site.Directory}/{package.Directory}";
            if (package.Problem is { } problem) Add(AuditKind.UnreadableRecord, Gravity.Alarm, problem);
            if (package.Rows is null) Add(AuditKind.NoRecord, Gravity.Alarm, null);
            if (package is { IsLegacy: true, Rows: not null, EditableFrom: null }) Add(AuditKind.LegacyInstall, Gravity.Note, null);
            if (package.EditableFrom is { } from) Add(AuditKind.EditableInstall, Gravity.Note, from);
            if (package.Name is { } name && package.CalledName is { } called && name != called)
                Add(AuditKind.OtherName, Gravity.Alarm, called.ToString());

            void Add(AuditKind kind, Gravity gravity, string? seen) =>
                _findings.Add(new(kind, gravity, full) { Packages = [package.Label], Seen = seen });
        }
        foreach (var twice in packages.Where(p => p.Name is not null).GroupBy(p => p.Name!.Value)
            .Where(g => g.Count() > 1 && !g.All(p => p.IsOfTheSystem)))
        {
            _findings.Add(new(AuditKind.TwoVersions, Gravity.Alarm, $"{_site.Directory}/{twice.Last().Directory}")
            {
                Packages = [.. twice.Select(p => p.Label)],
            });
        }
        Distribution[] ofRoot = [.. foreign.Where(p => p is { UserId: 0, Installer: not null })];
        if (ofRoot.Length == 0) return;
        _findings.Add(new(AuditKind.InstalledByRoot, Gravity.Note, _site.Directory)
        {
            Packages = [.. ofRoot.Select(p => p.Label)], Count = ofRoot.Length,
            Seen = string.Join(", ", ofRoot.Select(p => p.Installer!).Distinct(StringComparer.Ordinal)),
        });
    }

    private void JudgePlace()
    {
        if (_site is not { Kind: SiteKind.System, Library: { } library }) return;
        bool isManaged = File.Exists($"{library}/{ManagedMarker}");
        _findings.Add(isManaged
            ? new(AuditKind.ExternallyManaged, Gravity.Note, $"{library}/{ManagedMarker}")
            : new(AuditKind.NotExternallyManaged, Gravity.Note, _site.Directory));
        JudgeLibrary(library);
    }

    // Everything else there belongs to the interpreter; these are read at every start whoever put them there.
    private void JudgeLibrary(string library)
    {
        using ForeignTree? tree = ForeignTree.TryOpen(library);
        var entries = new List<ForeignTree.Entry>();
        if (tree is null || !tree.TryList([], 100_000, entries)) return;
        SystemPackages system = SystemPackages.Below(library, _cancel);
        foreach (ForeignTree.Entry entry in entries)
        {
            string name = ShownName.Of(entry.Path.Span, out bool isText);
            if (!isText || !HookNames.MatchCustomize(name) || system.Files.ContainsKey(name) || entry.Status is not { } status) continue;
            var seen = new SeenFile(entry.Path, name, isText, status, []);
            _findings.AddRange(status.Type == FileType.Regular
                ? StartUpFiles.Of(tree, library, seen, _writers)
                : [new AuditFinding(AuditKind.StartUpCode, Gravity.Alarm, $"{library}/{name}")]);
        }
    }
}
