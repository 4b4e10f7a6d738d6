using System.Collections.Immutable;
using Sandpiper.Store;

namespace Sandpiper.Operations.Collecting;

/// <summary>Empties the cache. No lock is needed: who reads there believes nothing and misses nothing.</summary>
/// <param name="cache">Its directory, absolute.</param>
public sealed class CacheRemoval(string cache)
{
    // Each the name of one concept; what else lies there is not ours.
    private static readonly ImmutableArray<string> Names = ["index", "interpreters", "choices", "refused"];

    /// <summary>What is there of it.</summary>
    public IEnumerable<string> Parts => Names.Select(name => Path.Combine(cache, name)).Where(Path.Exists);

    /// <returns>What could not be removed.</returns>
    public ImmutableArray<string> Remove()
    {
        var left = ImmutableArray.CreateBuilder<string>();
        foreach (string part in Parts.ToList())
        {
            try
            {
                SealedTree.Remove(part);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                left.Add(part);
            }
        }
        return left.ToImmutable();
    }
}
