using System.Collections.Concurrent;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Samples;

namespace Sandpiper.Environments.Tests.Generations;

/// <summary>As somebody sees it who watches the directory: the kernel tells him every name that comes and goes, in order.</summary>
public sealed class SwitchTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task The_link_to_the_current_generation_is_replaced_and_never_gone()
    {
        _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble("1.0")));
        _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble("2.0")));
        var environment = _workshop.Environment;
        var seen = new ConcurrentQueue<string>();
        var isOver = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(environment.Directory) { NotifyFilter = NotifyFilters.FileName };
        watcher.Deleted += (_, e) => seen.Enqueue($"gone: {e.Name}");
        watcher.Renamed += (_, e) => seen.Enqueue($"renamed: {e.Name}");
        watcher.Created += (_, e) =>
        {
            if (e.Name is "over") isOver.TrySetResult();
        };
        watcher.EnableRaisingEvents = true;

        environment.Switch(1);
        await File.WriteAllTextAsync(Path.Combine(environment.Directory, "over"), "", TestContext.Current.CancellationToken);
        await isOver.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["renamed: current"], seen);
    }
}
