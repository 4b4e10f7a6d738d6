using System.Collections.Immutable;
using Sandpiper.Environments.Destinations;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Directories at the top of site-packages that nobody but one wheel can have anything in: each is one link, and no file in it is claimed,
/// planned or written one by one. Most files of most installs lie in such a directory.
/// </summary>
/// <remarks>
/// Two wheels can only meet, by path or by module, where the first segments of their paths are the same up to a dot: <c>six.py</c>,
/// <c>six/</c>, <c>six.abi3.so</c>. Where another wheel has one of these, or anything else is unusual, the directory is none of these and
/// each of its files is claimed for itself; what comes of it is the same, later (a test compares the two).
/// </remarks>
internal sealed class SoleDirectories
{
    private readonly Dictionary<Sha256Digest, bool[]> _sole;    // by the wheel's tops

    private readonly HashSet<Sha256Digest> _whole;              // of these nothing else but records

    private SoleDirectories(Dictionary<Sha256Digest, bool[]> sole, HashSet<Sha256Digest> whole, ImmutableArray<PlannedLink> links) =>
        (_sole, _whole, Links) = (sole, whole, links);

    /// <summary>Where every file is to be a file.</summary>
    public static SoleDirectories None { get; } = new([], [], []);

    /// <summary>One for each.</summary>
    public ImmutableArray<PlannedLink> Links { get; }

    /// <param name="isTaken">A module of the standard library: who shadows it is judged file by file.</param>
    public static SoleDirectories Of(IReadOnlyList<ComposedPackage> packages, Destination destination, Func<string, bool> isTaken)
    {
        // Of most wheels nobody will ask which files they have; of these somebody will, so on all cores.
        ReadTables([.. packages.Select(p => p.Wheel).Where(w => !w.IsListed && HasFilesBesideDirectories(w))]);
        var ownerOf = new Dictionary<string, ComposedPackage?>(StringComparer.Ordinal);     // null: of several, or not to be had so
        foreach (var package in packages)
        {
            foreach (var top in package.Wheel.Outline.Tops)
            {
                string stem = StemOf(top.Name);
                bool isAnothers = ownerOf.TryGetValue(stem, out var owner) && !ReferenceEquals(owner, package);
                ownerOf[stem] = isAnothers || isTaken(stem) ? null : package;
            }
        }
        foreach (string name in packages.SelectMany(p => NamesFromElsewhere(p, destination))) ownerOf[StemOf(name)] = null;
        var links = ImmutableArray.CreateBuilder<PlannedLink>();
        var sole = new Dictionary<Sha256Digest, bool[]>();
        var whole = new HashSet<Sha256Digest>();
        foreach (var package in packages.Where(p => p.Facts.Yielded.IsEmpty))
        {
            var tops = package.Wheel.Outline.Tops;
            bool[] isSole = new bool[tops.Length];
            bool isAll = !package.Wheel.Outline.HasElsewhere && !isTaken(StemOf(package.Wheel.DistInfo));
            for (int i = 0; i < tops.Length; i++)
            {
                var top = tops[i];
                isSole[i] = top.IsDirectory && top.IsPlain && ReferenceEquals(ownerOf[StemOf(top.Name)], package)
                    && !string.Equals(top.Name, package.Wheel.DistInfo, StringComparison.Ordinal);
                isAll &= isSole[i] || string.Equals(top.Name, package.Wheel.DistInfo, StringComparison.Ordinal);
                if (!isSole[i]) continue;
                var link = new LinkedDirectory($"{destination.SitePackages}/{top.Name}", package.Wheel.Digest, top.Name);
                links.Add(new PlannedLink(link, package.Wheel));
            }
            sole[package.Wheel.Digest] = isSole;
            if (isAll) whole.Add(package.Wheel.Digest);
        }
        return new SoleDirectories(sole, whole, links.DrainToImmutable());
    }

    /// <summary>Reads which files these have; what is wrong with one is told to whoever asks next.</summary>
    public static void ReadTables(IReadOnlyList<SealedWheel> wheels) => OnAllCores.ForEach(wheels, wheel =>
    {
        try
        {
            _ = wheel.Table;
        }
        catch (Exception e) when (e is StoreDamagedException or IOException or UnauthorizedAccessException)
        {
            // It is thrown once more.
        }
    });

    /// <summary>Which they are somebody will ask.</summary>
    public static bool HasFilesBesideDirectories(SealedWheel wheel) =>
        wheel.Outline.HasElsewhere || wheel.Outline.Tops.Any(top => !(top.IsDirectory && top.IsPlain));

    /// <summary>Of one wheel: who looks at all of its files asks once for it.</summary>
    public Held In(SealedWheel wheel) => new(_sole.GetValueOrDefault(wheel.Digest, []), wheel.Table.TopOf);

    /// <summary>The files of a wheel, by their index, that lie in none of them.</summary>
    public IEnumerable<int> Left(SealedWheel wheel)
    {
        var held = In(wheel);
        return Enumerable.Range(0, wheel.Table.Count).Where(i => !held.Has(i));
    }

    /// <summary>
    /// The same for who does not mean what lies among the records of the package; some of that may be among them. Of most wheels nothing is
    /// left, and which files they have nobody reads.
    /// </summary>
    public IEnumerable<int> LeftBesidesRecords(SealedWheel wheel) => _whole.Contains(wheel.Digest) ? [] : Left(wheel);

    /// <summary>Which files of a wheel lie in one of them, by their index.</summary>
    public readonly struct Held(bool[] isSole, ImmutableArray<int> topOf)
    {
        public bool Has(int index) => isSole.Length > 0 && topOf[index] is >= 0 and var top && isSole[top];
    }

    /// <summary>What comes to site-packages and lies elsewhere in the tree, or is written; also beside the same wheel's own.</summary>
    private static IEnumerable<string> NamesFromElsewhere(ComposedPackage package, Destination destination)
    {
        for (int i = 0; package.Wheel.Outline.HasElsewhere && i < package.Wheel.Table.Count; i++)
        {
            if (package.Wheel.Table.TopOf[i] >= 0) continue;
            string path = destination.PathOf(package.Wheel.Table[i], package.Wheel, package.Facts.Name, package.Facts.Version);
            if (destination.InSitePackages(path) is { } below) yield return below;
        }
        yield return destination.InSitePackages(destination.DistInfo(package.Facts.Name, package.Facts.Version))!;
    }

    private static string StemOf(string path) => path.AsSpan().IndexOfAny('.', '/') is >= 0 and var end ? path[..end] : path;
}
