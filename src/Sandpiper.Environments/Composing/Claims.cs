using Sandpiper.Environments.Destinations;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// The files of all packages in the order in which they take their places: who is installed keeps what he has, a newcomer finds it taken.
/// </summary>
/// <remarks>
/// In this order: what a package had in the generation before; what is new in one that was there; newcomers that were asked for by name;
/// newcomers that others need; paths that a package gave way for before. Among equals the name decides, so that the order of a request
/// decides nothing.
/// </remarks>
internal sealed class Claims(PathOwners owners, PackageFiles maker, Destination destination)
{
    private const int Held = 0, New = 1, OfAsked = 2, OfNeeded = 3, GivenWay = 4;

    private readonly Dictionary<PackageName, List<TreeFile>> _own = [];
    private readonly Dictionary<PackageName, List<(TreeFile File, Finding Finding)>> _taken = [];

    /// <summary>The files of this package that are its own.</summary>
    public List<TreeFile> OwnOf(ComposedPackage package) => _own[package.Facts.Name];

    /// <summary>Those that it does not get, and why; empty for nearly every package.</summary>
    public IReadOnlyList<(TreeFile File, Finding Finding)> TakenFrom(ComposedPackage package) =>
        _taken.GetValueOrDefault(package.Facts.Name, []);

    public void Make(IReadOnlyList<ComposedPackage> packages)
    {
        foreach (var package in packages) _own.Add(package.Facts.Name, []);
        var parts = packages.SelectMany(PartsOf).OrderBy(p => p.Rank).ThenBy(p => p.Package.Facts.Name);
        foreach (var (_, package, files) in parts)
        {
            foreach (var file in files) Claim(package, file);
        }
    }

    private void Claim(ComposedPackage package, TreeFile file)
    {
        if (owners.Claim(file, package.Facts) is not { } conflict)
        {
            _own[package.Facts.Name].Add(file);
            return;
        }
        if (!_taken.TryGetValue(package.Facts.Name, out var taken)) _taken.Add(package.Facts.Name, taken = []);
        taken.Add((file, FindingOf(conflict, file)));
    }

    public static Finding FindingOf(PathOwners.Conflict conflict, TreeFile file)
    {
        if (conflict.Owner is not { } owner) return new Finding(Fault.PartOfEnvironment, file.Path);
        return new Finding(conflict.OfModule ? Fault.ModuleOfAnother : Fault.FileOfAnother, file.Path)
        {
            Owner = new Artifact(owner.Name, owner.Version, owner.Digest),
        };
    }

    private IEnumerable<(int Rank, ComposedPackage Package, List<TreeFile> Files)> PartsOf(ComposedPackage package)
    {
        var files = maker.Of(package);
        var givenWay = package.Facts.Yielded.ToHashSet(StringComparer.Ordinal);
        if (package.Standing != Standing.Changed && givenWay.Count == 0) return [(RankOf(package.Standing), package, files.ToList())];
        var held = HeldBefore(package);
        return files.GroupBy(RankOfFile).Select(g => (g.Key, package, g.ToList()));

        int RankOfFile(TreeFile file) =>
            givenWay.Contains(file.Path) ? GivenWay : IsHeld(file, held) ? Held : RankOf(package.Standing);
    }

    private static int RankOf(Standing standing) =>
        standing switch { Standing.Kept => Held, Standing.Changed => New, Standing.Asked => OfAsked, _ => OfNeeded };

    private bool IsHeld(TreeFile file, HashSet<string> held) =>
        held.Contains(file.Path) || (owners.TryModuleOf(file.Path, out var module) && held.Contains(module.ToString()));

    // Paths and modules, which cannot be mixed up: a module has no suffix, or is a directory.
    private HashSet<string> HeldBefore(ComposedPackage package)
    {
        var held = new HashSet<string>(StringComparer.Ordinal);
        if (package.Before is not var (wheel, facts)) return held;
        foreach (var file in wheel.Files)
        {
            string path = destination.PathOf(file, wheel, facts.Name, facts.Version);
            if (facts.Yielded.Contains(path, StringComparer.Ordinal)) continue;
            held.Add(path);
            if (owners.TryModuleOf(path, out var module)) held.Add(module.ToString());
        }
        held.UnionWith(wheel.Scripts.Select(s => destination.Script(s.Name)));
        return held;
    }
}
