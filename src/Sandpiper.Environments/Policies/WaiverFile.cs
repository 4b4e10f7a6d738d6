using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Environments.Policies;

/// <summary>All waivers of a data root: one JSON line each in <c>waivers.jsonl</c>, only ever appended to.</summary>
public sealed class WaiverFile(string root)
{
    /// <exception cref="WaiverFileDamagedException">A line cannot be read; that is never "no waiver".</exception>
    public ImmutableArray<Waiver> List() => throw new NotImplementedException(root);

    /// <summary>The newest waiver for exactly this package, version and rule; null when there is none.</summary>
    /// <exception cref="WaiverFileDamagedException">A line cannot be read.</exception>
    public Waiver? Find(PackageName name, Pep440Version version, string rule) => throw new NotImplementedException(root);

    /// <summary>Appends and flushes to the disk before it returns.</summary>
    public void Add(Waiver waiver) => throw new NotImplementedException(root);
}
