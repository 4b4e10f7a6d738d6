using System.Collections.Immutable;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Paths that change hands between two generations without their new owner changing: it gave way for them as long as another had them.
/// </summary>
internal static class Handovers
{
    public static ImmutableArray<LedgerHandover> Between(Generation? before, Generation next, WheelStore store)
    {
        if (before is null || before.Packages.All(p => p.Yielded.IsEmpty)) return [];
        var now = next.Packages.ToDictionary(p => p.Name);
        // Read once, whoever asks: a package may have given way for thousands of paths.
        var had = before.Packages.ToDictionary(p => p.Name, p => new Lazy<HashSet<string>?>(() => PathsOf(p, before, store)));
        var handed = ImmutableArray.CreateBuilder<LedgerHandover>();
        foreach (var was in before.Packages.Where(p => !p.Yielded.IsEmpty))
        {
            if (!now.TryGetValue(was.Name, out var package)) continue;
            string[] paths = [.. was.Yielded.Except(package.Yielded, StringComparer.Ordinal)];
            if (paths.Length == 0) continue;
            // Another version need not have the file at all; where its wheel cannot be read, it is said once too often.
            var has = was.Digest == package.Digest ? null : PathsOf(package, next, store);
            handed.AddRange(paths.Where(p => has?.Contains(p) ?? true)
                .Select(p => new LedgerHandover(package.Name.Normalized, p, OwnerOf(p, was)?.Name.Normalized)));
        }
        return handed.DrainToImmutable();

        InstalledPackage? OwnerOf(string path, InstalledPackage other) =>
            before.Packages.FirstOrDefault(p => p.Name != other.Name && !p.Yielded.Contains(path, StringComparer.Ordinal)
                && had[p.Name].Value is { } paths && paths.Contains(path));
    }

    private static HashSet<string>? PathsOf(InstalledPackage package, Generation generation, WheelStore store) =>
        store.TryFind(package.Digest) is { } wheel
            ? generation.Destination.PathsOf(wheel, package.Name, package.Version).ToHashSet(StringComparer.Ordinal) : null;
}
