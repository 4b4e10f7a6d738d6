using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Indexes;

/// <summary>
/// An index of which pages are asked for while nobody can use them yet: an interpreter takes as long to answer as an index.
/// </summary>
/// <remarks>What was asked ahead is handed out once, a failure like a page; then the index is asked as ever.</remarks>
public sealed class AskedAhead(IPackageIndex index) : IndexAround(index), IDisposable
{
    private const int AtOnce = 50;

    private readonly ConcurrentDictionary<PackageName, Task<ProjectPage?>> _pages = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Asks for the first of them, once.</summary>
    public void Ask(IEnumerable<PackageName> names)
    {
        foreach (PackageName name in names.Distinct().Take(AtOnce))
            _pages.TryAdd(name, Task.Run(() => Index.GetPageAsync(name, _stop.Token), CancellationToken.None));
    }

    public override Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) =>
        _pages.TryRemove(name, out Task<ProjectPage?>? asked) ? asked.WaitAsync(cancel) : Index.GetPageAsync(name, cancel);

    /// <summary>Stops what nobody came for and waits until it has: the index may be gone afterwards.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        foreach (Task asked in _pages.Values) asked.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        _stop.Dispose();
    }
}
