using System.Diagnostics.CodeAnalysis;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Which package owns which path of an environment, and which module. One path has one owner, or owners that put the same bytes there; one
/// module has one owner, since of <c>six.py</c>, <c>six/__init__.py</c> and <c>six.abi3.so</c> only one is ever imported.
/// </summary>
/// <param name="sitePackages">Where modules are, relative to the environment.</param>
public sealed class PathOwners(string sitePackages)
{
    private readonly Dictionary<string, Holding> _files = new(StringComparer.Ordinal);
    private readonly Paths<InstalledPackage?> _directories = new();
    private readonly Paths<(InstalledPackage Owner, bool IsPlain)> _modules = new();    // plain: one file, no directory
    private readonly Paths<InstalledPackage> _parents = new();                          // directories with modules in them
    private readonly string _above = sitePackages + "/";

    /// <summary>A path that the environment itself needs.</summary>
    public void Reserve(string path)
    {
        _files.Add(path, new Holding(null, null));
        ClaimDirectories(path, null);
    }

    /// <summary>Null when the file is this package's, too; otherwise nothing was claimed.</summary>
    public Conflict? Claim(TreeFile file, InstalledPackage package)
    {
        if (_files.TryGetValue(file.Path, out var claim))
        {
            bool isSame = claim.File is { } other && other.Digest == file.Digest && other.IsExecutable == file.IsExecutable;
            return isSame ? null : new Conflict(claim.Owner, OfModule: false);
        }
        if (_directories.TryGet(file.Path, out var owner) || IsBelowAFile(file.Path, out owner))
            return new Conflict(owner, OfModule: false);
        if (TryModuleOf(file.Path, out var module) && RivalOf(module, file.Path, package) is { } rival)
            return new Conflict(rival, OfModule: true);
        _files.Add(file.Path, new Holding(file, package));
        ClaimDirectories(file.Path, package);
        return null;
    }

    /// <summary>Claims a module; whose it is when it is another's already.</summary>
    private InstalledPackage? RivalOf(ReadOnlySpan<char> module, ReadOnlySpan<char> path, InstalledPackage package)
    {
        if (_modules.TryGet(module, out var known) && known.Owner.Name != package.Name) return known.Owner;
        // `foo.py` is imported before a directory `foo` without __init__, in which others have their modules.
        bool isPlain = !module.SequenceEqual(path[..path.LastIndexOf('/')]);
        if (isPlain && _parents.TryGet(module, out var inside) && inside.Name != package.Name) return inside;
        for (var parent = Above(module); parent.Length > _above.Length; parent = Above(parent))
        {
            if (_modules.TryGet(parent, out var before) && before.IsPlain && before.Owner.Name != package.Name) return before.Owner;
        }
        // One package may have both: the file beside the directory counts as plain for the others.
        _modules.Set(module, (package, isPlain || known.IsPlain));
        for (var parent = Above(module); parent.Length > _above.Length; parent = Above(parent)) _parents.TryAdd(parent, package);
        return null;
    }

    /// <summary>
    /// The module that a file is, as importlib's path finder looks: a directory with __init__ before an extension before a source, whoever
    /// brought them.
    /// </summary>
    /// <returns>False when it is none.</returns>
    public bool TryModuleOf(ReadOnlySpan<char> path, out ReadOnlySpan<char> module)
    {
        module = default;
        if (!path.StartsWith(_above, StringComparison.Ordinal) || !ModuleNames.IsImportable(path)) return false;
        int slash = path.LastIndexOf('/');
        int dot = slash + path[slash..].IndexOf('.');
        module = path[(slash + 1)..dot] is "__init__" ? path[..slash] : path[..dot];
        return true;
    }

    private bool IsBelowAFile(ReadOnlySpan<char> path, out InstalledPackage? owner)
    {
        var files = _files.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var directory = Above(path); directory.Length > 0; directory = Above(directory))
        {
            if (_directories.TryGet(directory, out _)) break;       // so it is none, and neither is anything above it
            if (!files.TryGetValue(directory, out var claim)) continue;
            owner = claim.Owner;
            return true;
        }
        owner = null;
        return false;
    }

    private void ClaimDirectories(ReadOnlySpan<char> path, InstalledPackage? package)
    {
        for (var directory = Above(path); directory.Length > 0 && _directories.TryAdd(directory, package); directory = Above(directory)) { }
    }

    private static ReadOnlySpan<char> Above(ReadOnlySpan<char> path) => path[..Math.Max(path.LastIndexOf('/'), 0)];

    /// <param name="Owner">Who has it; null when it is the environment itself.</param>
    /// <param name="OfModule">The path is free, but the module that it would be is another's.</param>
    public readonly record struct Conflict(InstalledPackage? Owner, bool OfModule);

    private readonly record struct Holding(TreeFile? File, InstalledPackage? Owner);

    /// <summary>By path, looked up by a part of a longer one: a text is made only for what is kept.</summary>
    private sealed class Paths<T>
    {
        private readonly Dictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _values =
            new Dictionary<string, T>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

        public bool TryGet(ReadOnlySpan<char> path, [MaybeNullWhen(false)] out T value) => _values.TryGetValue(path, out value);

        public bool TryAdd(ReadOnlySpan<char> path, T value) => _values.TryAdd(path, value);

        public void Set(ReadOnlySpan<char> path, T value) => _values[path] = value;
    }
}
