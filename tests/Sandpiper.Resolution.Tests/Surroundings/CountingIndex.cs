using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution.Tests.Surroundings;

/// <summary>Counts how many questions are under way at once.</summary>
internal sealed class CountingIndex(ICandidateSource index) : ICandidateSource
{
    // Long enough for whoever comes at the same time to come, however busy the machine is; those who are alone wait in vain.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _now;
    private int _most;

    public int Most => _most;

    public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) => Counted(() => index.GetPageAsync(name, cancel));

    public Task<ReadOnlyMemory<byte>> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) =>
        Counted(() => index.GetMetadataAsync(wheel, cancel));

    private async Task<T> Counted<T>(Func<Task<T>> ask)
    {
        int now = Interlocked.Increment(ref _now);
        for (int most = _most; now > most && Interlocked.CompareExchange(ref _most, now, most) != most; most = _most)
        {
        }
        if (now > 1) _met.TrySetResult();
        await Task.WhenAny(_met.Task, Task.Delay(Patience));
        await Task.Yield();
        T answer = await ask();
        Interlocked.Decrement(ref _now);
        return answer;
    }
}
