using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Surroundings;

namespace Sandpiper.Resolution.Tests.Surroundings;

/// <summary>Has one page only once another one was asked for.</summary>
internal sealed class WaitingIndex(ICandidateSource index, PackageName late, PackageName awaited) : ICandidateSource
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        if (name == awaited) _asked.SetResult();
        if (name == late) await _asked.Task.WaitAsync(Patience.Endless, cancel);
        return await index.GetPageAsync(name, cancel);
    }

    public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) => index.GetMetadataAsync(wheel, cancel);
}
