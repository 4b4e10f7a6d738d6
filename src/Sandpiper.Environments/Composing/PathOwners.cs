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
    private readonly Paths<Holding> _directories = new();
    private readonly Paths<Module> _modules = new();
    private readonly Paths<Holding> _parents = new();       // directories with modules in them
    private readonly string _above = sitePackages + "/";

    /// <summary>A path that the environment itself needs.</summary>
    public void Reserve(string path)
    {
        var ours = new Holding(null, null, 0);
        _files.Add(path, ours);
        ClaimDirectories(path, ours);
    }

    /// <summary>Null when the file is this package's, too; otherwise nothing was claimed.</summary>
    /// <param name="rank">Of the claim; those of lower ranks come first.</param>
    public Conflict? Claim(TreeFile file, InstalledPackage package, int rank)
    {
        if (_files.TryGetValue(file.Path, out var claim))
        {
            bool isSame = claim.File is { } other && other.Digest == file.Digest && other.IsExecutable == file.IsExecutable;
            return isSame ? null : new Conflict(claim.Owner, claim.Rank, OfModule: false);
        }
        if (_directories.TryGet(file.Path, out var holder) || IsBelowAFile(file.Path, out holder))
            return new Conflict(holder.Owner, holder.Rank, OfModule: false);
        var holding = new Holding(file, package, rank);
        if (TryModuleOf(file.Path, out var module) && RivalOf(module, file.Path, package, holding) is { } rival) return rival;
        _files.Add(file.Path, holding);
        ClaimDirectories(file.Path, holding);
        return null;
    }

    /// <summary>Claims a module; whose it is when it is another's already.</summary>
    private Conflict? RivalOf(ReadOnlySpan<char> module, ReadOnlySpan<char> path, InstalledPackage package, Holding holding)
    {
        bool isKnown = _modules.TryGet(module, out var known);
        if (isKnown && known.Owner.Name != package.Name) return new Conflict(known.Owner, known.Rank, OfModule: true);
        // `foo.py` is imported before a directory `foo` without __init__, in which others have their modules.
        bool isPlain = !module.SequenceEqual(path[..path.LastIndexOf('/')]);
        if (isPlain && _parents.TryGet(module, out var inside) && inside.Owner!.Name != package.Name)
            return new Conflict(inside.Owner, inside.Rank, OfModule: true);
        for (var parent = Above(module); parent.Length > _above.Length; parent = Above(parent))
        {
            if (_modules.TryGet(parent, out var above) && above.PlainSince is { } since && above.Owner.Name != package.Name)
                return new Conflict(above.Owner, since, OfModule: true);
        }
        // One package may have both: the file beside the directory counts as plain for the others.
        int? plainSince = known.PlainSince ?? (isPlain ? holding.Rank : null);
        _modules.Set(module, new Module(package, isKnown ? known.Rank : holding.Rank, plainSince));
        for (var parent = Above(module); parent.Length > _above.Length; parent = Above(parent)) _parents.TryAdd(parent, holding);
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

    private bool IsBelowAFile(ReadOnlySpan<char> path, out Holding holder)
    {
        var files = _files.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var directory = Above(path); directory.Length > 0; directory = Above(directory))
        {
            if (_directories.TryGet(directory, out _)) break;       // so it is none, and neither is anything above it
            if (files.TryGetValue(directory, out holder)) return true;
        }
        holder = default;
        return false;
    }

    private void ClaimDirectories(ReadOnlySpan<char> path, Holding holding)
    {
        for (var directory = Above(path); directory.Length > 0 && _directories.TryAdd(directory, holding); directory = Above(directory)) { }
    }

    private static ReadOnlySpan<char> Above(ReadOnlySpan<char> path) => path[..Math.Max(path.LastIndexOf('/'), 0)];

    /// <param name="Owner">Who has it; null when it is the environment itself.</param>
    /// <param name="Rank">Of the claim by which he got it.</param>
    /// <param name="OfModule">The path is free, but the module that it would be is another's.</param>
    public readonly record struct Conflict(InstalledPackage? Owner, int Rank, bool OfModule);

    private readonly record struct Holding(TreeFile? File, InstalledPackage? Owner, int Rank);

    /// <param name="PlainSince">The rank from which on it is one file, beside a directory or without; null: it is a directory.</param>
    private readonly record struct Module(InstalledPackage Owner, int Rank, int? PlainSince);

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
