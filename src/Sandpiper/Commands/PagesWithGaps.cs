using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Commands;

/// <summary>An index that remembers on which of its pages something had to be left out.</summary>
internal sealed class PagesWithGaps(IPackageIndex index) : IndexAround(index)
{
    private readonly ConcurrentDictionary<PackageName, ProjectPage> _seen = new();

    /// <summary>By name.</summary>
    public IEnumerable<ProjectPage> Seen => _seen.Values.OrderBy(page => page.Name);

    public override async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        ProjectPage? page = await Index.GetPageAsync(name, cancel);
        if (page is { LeftOut.IsEmpty: false }) _seen[name] = page;
        return page;
    }
}
