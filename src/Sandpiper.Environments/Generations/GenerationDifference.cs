using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Generations;

/// <summary>A package that is not the same in two generations. One of the two may be null, not both.</summary>
public sealed record GenerationDifference(PackageName Name, InstalledPackage? Before, InstalledPackage? After)
{
    /// <summary>By name: what is in one of them alone, has another version, or is the same version by another wheel.</summary>
    public static ImmutableArray<GenerationDifference> Between(Generation one, Generation other)
    {
        var before = one.Packages.ToDictionary(p => p.Name);
        var after = other.Packages.ToDictionary(p => p.Name);
        return
        [
            .. before.Keys.Union(after.Keys).Order()
                .Select(name => new GenerationDifference(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
                .Where(d => d.Before?.Digest != d.After?.Digest || d.Before?.Version != d.After?.Version),
        ];
    }
}
