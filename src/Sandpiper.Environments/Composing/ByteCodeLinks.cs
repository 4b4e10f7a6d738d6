using System.Collections.Immutable;
using Sandpiper.Environments.Destinations;
using Sandpiper.Environments.Generations;
using Sandpiper.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Links to the byte code of modules whose directory is real in a generation: who imports them looks beside them, not in the store. What is
/// behind a linked directory has its byte code there.
/// </summary>
/// <remarks>
/// One link for a directory whose modules are all of one wheel; one a module where several share it, as the top of site-packages. Such a
/// link leads nowhere until the byte code is made, which the interpreter takes for "there is none".
/// </remarks>
internal static class ByteCodeLinks
{
    /// <param name="files">Of the generation, less those behind links; ordered by path.</param>
    /// <param name="linked">The directories that are links.</param>
    /// <param name="tag">Of the interpreter.</param>
    /// <returns>Ordered by path.</returns>
    public static IEnumerable<PlannedLink> Of(
        ImmutableArray<TreeFile> files, ImmutableArray<PlannedLink> linked, Destination destination, string tag)
    {
        var modules = new Dictionary<SealedWheel, ImmutableDictionary<int, ByteCode.Module>>(ReferenceEqualityComparer.Instance);
        var taken = linked.Select(l => l.Directory.Path).Concat(files.Select(f => f.Path))
            .Where(p => p.Contains(ByteCode.DirectoryName, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        return files.OfType<LinkedFile>()
            .Where(f => f.Path.EndsWith(".py", StringComparison.Ordinal) && destination.InSitePackages(f.Path) is not null)
            .Select(f => (File: f, Module: ModulesOf(f.Wheel).GetValueOrDefault(f.Index))).Where(m => m.Module is not null)
            .GroupBy(m => m.File.Path[..(m.File.Path.LastIndexOf('/') + 1)] + ByteCode.DirectoryName, StringComparer.Ordinal)
            .SelectMany(g => LinksIn(g.Key, [.. g.Select(m => (m.File.Wheel, m.Module!))], taken, tag))
            .OrderBy(l => l.Directory.Path, StringComparer.Ordinal);

        ImmutableDictionary<int, ByteCode.Module> ModulesOf(SealedWheel wheel)
        {
            if (!modules.TryGetValue(wheel, out var its)) modules.Add(wheel, its = wheel.Modules.ToImmutableDictionary(m => m.Index));
            return its;
        }
    }

    private static IEnumerable<PlannedLink> LinksIn(
        string place, List<(SealedWheel Wheel, ByteCode.Module Module)> modules, List<string> taken, string tag)
    {
        var (wheel, first) = modules[0];
        bool isFree = !taken.Exists(p => string.Equals(p, place, StringComparison.Ordinal) || DirectoryLinks.IsBelow(p, place));
        if (isFree && modules.TrueForAll(
            m => m.Wheel.Digest == wheel.Digest && string.Equals(m.Module.Place, first.Place, StringComparison.Ordinal)))
            return [new PlannedLink(new LinkedDirectory(place, wheel.Digest, first.Place), wheel)];
        // A wheel's own directory of that name, or a file of it, is there already.
        if (taken.Contains(place, StringComparer.Ordinal)) return [];
        return modules.Select(m => (m.Wheel, m.Module, Path: $"{place}/{m.Module.NameFor(tag)}"))
            .Where(m => !taken.Contains(m.Path, StringComparer.Ordinal))
            .Select(m => new PlannedLink(new LinkedDirectory(m.Path, m.Wheel.Digest, m.Module.PathFor(tag)), m.Wheel));
    }
}
