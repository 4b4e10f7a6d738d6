using System.Collections.Immutable;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Operations.Collecting;

/// <summary>Makes sure that no program runs on what is to go, and that none begins to.</summary>
internal static class Leasing
{
    /// <param name="leases">Gets those that were taken; the caller's to dispose.</param>
    /// <returns>The generations on which programs run.</returns>
    public static ImmutableArray<int> TakeAll(ManagedEnvironment environment, List<GenerationLease> leases)
    {
        var used = ImmutableArray.CreateBuilder<int>();
        foreach (int number in environment.Numbers)
        {
            if (GenerationLease.TryTake(environment, number) is { } lease) leases.Add(lease);
            else used.Add(number);
        }
        return used.ToImmutable();
    }
}
