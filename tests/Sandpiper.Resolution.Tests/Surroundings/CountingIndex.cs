using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Surroundings;

namespace Sandpiper.Resolution.Tests.Surroundings;

/// <summary>Counts how many questions are under way at once.</summary>
/// <param name="index">Who answers.</param>
/// <param name="alone">Its page leads to all others: nothing can be asked together with it. Every other question meets one.</param>
internal sealed class CountingIndex(ICandidateSource index, PackageName alone) : ICandidateSource
{
    private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _now;
    private int _most;

    public int Most => _most;

    public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) =>
        Counted(name, () => index.GetPageAsync(name, cancel));

    public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) =>
        Counted(PackageName.Parse(wheel.FileName.Split('-')[0]), () => index.GetMetadataAsync(wheel, cancel));

    private async Task<T> Counted<T>(PackageName name, Func<Task<T>> ask)
    {
        int now = Interlocked.Increment(ref _now);
        for (int most = _most; now > most && Interlocked.CompareExchange(ref _most, now, most) != most; most = _most)
        {
        }
        if (now > 1) _met.TrySetResult();
        if (name != alone) await _met.Task.WaitAsync(Patience.Endless);
        await Task.Yield();
        T answer = await ask();
        Interlocked.Decrement(ref _now);
        return answer;
    }
}
