using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Surroundings;

namespace Sandpiper.Resolution.Tests.Surroundings;

/// <summary>Holds questions back until a number of them is under way at once; whoever asks for one after the other waits in vain.</summary>
/// <param name="isHeld">Which wheels' METADATA is held back.</param>
internal sealed class CrowdedIndex(ICandidateSource index, int crowd, Func<string, bool> isHeld) : ICandidateSource
{
    private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _now;

    public bool HasMet => _met.Task.IsCompletedSuccessfully;

    public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) => index.GetPageAsync(name, cancel);

    public async Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        if (isHeld(wheel.FileName))
        {
            if (Interlocked.Increment(ref _now) >= crowd) _met.TrySetResult();
            await _met.Task.WaitAsync(Patience.Endless, cancel);
        }
        return await index.GetMetadataAsync(wheel, cancel);
    }
}
