using System.Runtime.ExceptionServices;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// The same for each of several things, on all cores where there is enough to do: to wake another core, and to wait until it has heard that
/// nothing is left, takes as long as a dozen calls of the kernel.
/// </summary>
internal static class OnAllCores
{
    /// <summary>The first failure is thrown; the others tripped over the same.</summary>
    public static void ForEach<T>(IReadOnlyList<T> things, Action<T> work, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (things.Count < 2)
        {
            foreach (T thing in things) work(thing);
            return;
        }
        try
        {
            var options = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount };
            Parallel.ForEach(things, options, work);
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }
}
