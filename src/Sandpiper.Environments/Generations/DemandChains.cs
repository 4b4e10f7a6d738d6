using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Generations;

/// <summary>Why a package is in a generation: who wants it, and who wants those, up to what somebody asked for by name.</summary>
public static class DemandChains
{
    /// <summary>
    /// One chain for each package that was asked for and leads to this one, itself included; each the shortest, begun with what was asked
    /// for.
    /// Shortest first, then by name. Empty: nobody wants it any more.
    /// </summary>
    /// <param name="generation">What it says of who requires whom may be wrong, and a circle.</param>
    public static ImmutableArray<ImmutableArray<InstalledPackage>> Of(Generation generation, InstalledPackage package)
    {
        var packages = generation.Packages.ToDictionary(p => p.Name);
        var next = new Dictionary<PackageName, InstalledPackage?> { [package.Name] = null };
        var waiting = new Queue<InstalledPackage>([package]);
        var chains = ImmutableArray.CreateBuilder<ImmutableArray<InstalledPackage>>();
        while (waiting.TryDequeue(out var wanted))
        {
            if (wanted.IsRequested) chains.Add([.. From(wanted)]);
            foreach (var name in wanted.RequiredBy.Order())
            {
                if (packages.TryGetValue(name, out var by) && next.TryAdd(name, wanted)) waiting.Enqueue(by);
            }
        }
        return [.. chains.OrderBy(c => c.Length).ThenBy(c => c[0].Name)];

        IEnumerable<InstalledPackage> From(InstalledPackage? link)
        {
            for (; link is not null; link = next[link.Name]) yield return link;
        }
    }
}
