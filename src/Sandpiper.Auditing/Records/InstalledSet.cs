using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Auditing.Records;

/// <summary>Packages of one site as a set to make anew: which of them somebody wants, and which came along.</summary>
/// <param name="Roots">Asked for by name, or needed by nobody without a condition.</param>
/// <param name="Others">Needed by those.</param>
public sealed record InstalledSet(ImmutableArray<Distribution> Roots, ImmutableArray<Distribution> Others)
{
    /// <param name="packages">Each with a name and a version.</param>
    /// <param name="markers">Of the interpreter that they are for.</param>
    public static InstalledSet Of(ImmutableArray<Distribution> packages, MarkerEnvironment markers)
    {
        var byName = packages.DistinctBy(p => p.Name!.Value).ToDictionary(p => p.Name!.Value);
        var needed = packages.SelectMany(NeedsOf).ToHashSet();
        var roots = byName.Values.Where(p => p.IsRequested || !needed.Contains(p.Name!.Value)).ToList();
        var reached = new HashSet<PackageName>();
        foreach (Distribution root in roots) Reach(root.Name!.Value);
        // Those that need each other in a circle, and nobody else them.
        foreach (Distribution package in byName.Values.OrderBy(p => p.Name!.Value))
        {
            if (reached.Contains(package.Name!.Value)) continue;
            roots.Add(package);
            Reach(package.Name!.Value);
        }
        return new([.. roots.OrderBy(p => p.Name!.Value)], [.. byName.Values.Except(roots).OrderBy(p => p.Name!.Value)]);

        // What an extra brings is needed only where somebody asked for the extra, which nobody wrote down.
        IEnumerable<PackageName> NeedsOf(Distribution package) => package.Requires
            .Where(r => r.Marker?.Evaluate(markers, []) is null or MarkerResult.True).Select(r => r.Name)
            .Where(name => name != package.Name);

        void Reach(PackageName name)
        {
            var waiting = new Stack<PackageName>([name]);
            while (waiting.TryPop(out PackageName next))
            {
                if (!byName.TryGetValue(next, out Distribution? package) || !reached.Add(next)) continue;
                foreach (PackageName need in NeedsOf(package)) waiting.Push(need);
            }
        }
    }
}
