using Sandpiper.Environments.Generations;

namespace Sandpiper.Environments.Composing;

/// <summary>Which package owns which path of an environment. One path has one owner, or owners that put the same bytes there.</summary>
internal sealed class PathOwners
{
    private readonly Dictionary<string, Claim> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InstalledPackage?> _directories = new(StringComparer.Ordinal);

    /// <summary>A path that the environment itself needs.</summary>
    public void Reserve(string path)
    {
        _files.Add(path, new Claim(null, null));
        ClaimDirectories(path, null);
    }

    /// <summary>False when the path is another's, and nothing was claimed.</summary>
    /// <param name="owner">Who has it; null when it is the environment itself.</param>
    public bool TryClaim(TreeFile file, InstalledPackage package, out InstalledPackage? owner)
    {
        if (_files.TryGetValue(file.Path, out var claim))
        {
            owner = claim.Owner;
            return claim.File is { } other && other.Digest == file.Digest && other.IsExecutable == file.IsExecutable;
        }
        if (_directories.TryGetValue(file.Path, out owner) || IsBelowAFile(file.Path, out owner)) return false;
        _files.Add(file.Path, new Claim(file, package));
        ClaimDirectories(file.Path, package);
        return true;
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
        for (int slash = path.LastIndexOf('/'); slash > 0 && _directories.TryAdd(path[..slash], package); slash = path.LastIndexOf('/', slash - 1)) { }
    }

    private readonly record struct Claim(TreeFile? File, InstalledPackage? Owner);
}
