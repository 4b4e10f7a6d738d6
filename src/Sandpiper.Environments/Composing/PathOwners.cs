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
    private readonly Dictionary<string, InstalledPackage?> _directories = new(StringComparer.Ordinal);
    // plain: one file, no directory
    private readonly Dictionary<string, (InstalledPackage Owner, bool IsPlain)> _modules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InstalledPackage> _parents = new(StringComparer.Ordinal);     // directories with modules in them
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
        if (_directories.TryGetValue(file.Path, out var owner) || IsBelowAFile(file.Path, out owner))
            return new Conflict(owner, OfModule: false);
        if (ModuleOf(file.Path) is { } module && RivalOf(module, file.Path, package) is { } rival)
            return new Conflict(rival, OfModule: true);
        _files.Add(file.Path, new Holding(file, package));
        ClaimDirectories(file.Path, package);
        return null;
    }

    /// <summary>Claims a module; whose it is when it is another's already.</summary>
    private InstalledPackage? RivalOf(string module, string path, InstalledPackage package)
    {
        if (_modules.TryGetValue(module, out var known) && known.Owner.Name != package.Name) return known.Owner;
        // `foo.py` is imported before a directory `foo` without __init__, in which others have their modules.
        bool isPlain = !string.Equals(module, path[..path.LastIndexOf('/')], StringComparison.Ordinal);
        if (isPlain && _parents.GetValueOrDefault(module) is { } inside && inside.Name != package.Name) return inside;
        var above = new List<string>();
        for (int slash = module.LastIndexOf('/'); slash >= _above.Length; slash = module.LastIndexOf('/', slash - 1))
            above.Add(module[..slash]);
        foreach (string parent in above)
        {
            if (_modules.TryGetValue(parent, out var before) && before.IsPlain && before.Owner.Name != package.Name) return before.Owner;
        }
        // One package may have both: the file beside the directory counts as plain for the others.
        _modules[module] = (package, isPlain || known.IsPlain);
        foreach (string parent in above) _parents.TryAdd(parent, package);
        return null;
    }

    /// <summary>
    /// The module that a file is, as importlib's path finder looks: a directory with __init__ before an extension before a source, whoever
    /// brought them. Null: none.
    /// </summary>
    public string? ModuleOf(string path)
    {
        if (!path.StartsWith(_above, StringComparison.Ordinal) || !ModuleNames.IsImportable(path)) return null;
        int slash = path.LastIndexOf('/');
        int dot = path.IndexOf('.', slash);
        return path.AsSpan()[(slash + 1)..dot] is "__init__" ? path[..slash] : path[..dot];
    }

    private bool IsBelowAFile(string path, out InstalledPackage? owner)
    {
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            string directory = path[..slash];
            if (_directories.ContainsKey(directory)) break;     // so it is none, and neither is anything above it
            if (!_files.TryGetValue(directory, out var claim)) continue;
            owner = claim.Owner;
            return true;
        }
        owner = null;
        return false;
    }

    private void ClaimDirectories(string path, InstalledPackage? package)
    {
        for (int slash = path.LastIndexOf('/'); slash > 0 && _directories.TryAdd(path[..slash], package);
            slash = path.LastIndexOf('/', slash - 1)) { }
    }

    /// <param name="Owner">Who has it; null when it is the environment itself.</param>
    /// <param name="OfModule">The path is free, but the module that it would be is another's.</param>
    public readonly record struct Conflict(InstalledPackage? Owner, bool OfModule);

    private readonly record struct Holding(TreeFile? File, InstalledPackage? Owner);
}
