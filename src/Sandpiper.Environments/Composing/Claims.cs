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
/// newcomers that others need; paths that a package gave way for before. Among equals a waiver decides, by which one of them gives way.
/// Where there is none, none of them is preferred, and the finding says so: neither names nor the order of a request decide anything.
/// </remarks>
internal sealed class Claims(PathOwners owners, PackageFiles maker, Destination destination, Policy policy)
{
    /// <summary>The rank of what no wheel brings: an installer's own records.</summary>
    public const int Last = 5;

    private const int Held = 0, New = 1, OfAsked = 2, OfNeeded = 3, GivenWay = 4;

    private readonly Dictionary<PackageName, Standing> _standings = [];
    private readonly Dictionary<PackageName, List<TreeFile>> _own = [];
    private readonly Dictionary<PackageName, List<(TreeFile File, Finding Finding)>> _taken = [];

    /// <summary>The files of this package that are its own.</summary>
    public List<TreeFile> OwnOf(ComposedPackage package) => _own[package.Facts.Name];

    /// <summary>Those that it does not get, and why; empty for nearly every package.</summary>
    public IReadOnlyList<(TreeFile File, Finding Finding)> TakenFrom(ComposedPackage package) =>
        _taken.GetValueOrDefault(package.Facts.Name, []);

    public void Make(IReadOnlyList<ComposedPackage> packages)
    {
        foreach (var package in packages)
        {
            _own.Add(package.Facts.Name, []);
            _standings.Add(package.Facts.Name, package.Standing);
        }
        foreach (var equals in packages.SelectMany(PartsOf).GroupBy(p => p.Rank).OrderBy(g => g.Key))
        {
            foreach (var (_, package, files) in InOrder([.. equals]))
            {
                foreach (var file in files) Claim(package, file, equals.Key);
            }
        }
    }

    // Who gives way comes after the one that he gives way to; for the rest any order will do, as long as it is always the same.
    private List<Part> InOrder(List<Part> equals)
    {
        var left = equals.OrderBy(p => p.Package.Facts.Name).ToList();
        var ways = new Dictionary<Artifact, List<Waiver>>();
        foreach (var part in left)
        {
            if (policy.WaysGivenBy(part.Package.Artifact).ToList() is { Count: > 0 } its) ways.Add(part.Package.Artifact, its);
        }
        if (ways.Count == 0) return left;
        var ordered = new List<Part>();
        while (left.Count > 0)
        {
            // In a circle of waivers nobody is the last; then the first by name begins, and what follows from it is judged as ever.
            var next = left.Find(p => !left.Exists(o => GivesWay(p.Package.Artifact, o.Package.Artifact))) ?? left[0];
            ordered.Add(next);
            left.Remove(next);
        }
        return ordered;

        // Where somebody has accepted both, what he decided last.
        bool GivesWay(Artifact one, Artifact other) => Newest(one, other) > Newest(other, one);

        int Newest(Artifact one, Artifact other) =>
            ways.GetValueOrDefault(one, []).Where(w => w.Owner == other).Select(w => w.Number).DefaultIfEmpty(-1).Max();
    }

    private void Claim(ComposedPackage package, TreeFile file, int rank)
    {
        if (owners.Claim(file, package.Facts, rank) is not { } conflict)
        {
            _own[package.Facts.Name].Add(file);
            return;
        }
        if (!_taken.TryGetValue(package.Facts.Name, out var taken)) _taken.Add(package.Facts.Name, taken = []);
        taken.Add((file, FindingOf(conflict, file) with { Precedence = PrecedenceOf(conflict, package, rank) }));
    }

    private Precedence PrecedenceOf(PathOwners.Conflict conflict, ComposedPackage package, int rank)
    {
        // What both have had in the generation before was decided then, by a version of ours that did not keep how.
        if (rank == Held || conflict.Owner is not { } owner) return Precedence.OfOwner;
        if (conflict.Rank == rank) return Precedence.OfNeither;
        bool isInstalled = rank == GivenWay && package.Standing == Standing.Kept;
        return isInstalled && _standings[owner.Name] != Standing.Kept ? Precedence.OfAnotherBefore : Precedence.OfOwner;
    }

    public static Finding FindingOf(PathOwners.Conflict conflict, TreeFile file)
    {
        if (conflict.Owner is not { } owner) return new Finding(Fault.PartOfEnvironment, file.Path);
        return new Finding(conflict.OfModule ? Fault.ModuleOfAnother : Fault.FileOfAnother, file.Path)
        {
            Owner = new Artifact(owner.Name, owner.Version, owner.Digest),
        };
    }

    private IEnumerable<Part> PartsOf(ComposedPackage package)
    {
        var files = maker.Of(package);
        var givenWay = package.Facts.Yielded.ToHashSet(StringComparer.Ordinal);
        if (package.Standing != Standing.Changed && givenWay.Count == 0) return [new(RankOf(package.Standing), package, files.ToList())];
        var held = HeldBefore(package);
        return files.GroupBy(RankOfFile).Select(g => new Part(g.Key, package, g.ToList()));

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

    private sealed record Part(int Rank, ComposedPackage Package, List<TreeFile> Files);
}
