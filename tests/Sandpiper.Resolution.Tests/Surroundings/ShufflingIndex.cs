using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution.Tests.Surroundings;

/// <summary>Lets answers arrive in another order than they were asked for, and lists files the other way round.</summary>
internal sealed class ShufflingIndex(ICandidateSource index) : ICandidateSource
{
    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        await Later(cancel);
        return await index.GetPageAsync(name, cancel) is { } page ? page with { Files = [.. page.Files.Reverse()] } : null;
    }

    public async Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        await Later(cancel);
        return await index.GetMetadataAsync(wheel, cancel);
    }

    private static async Task Later(CancellationToken cancel)
    {
        for (int turns = Random.Shared.Next(4); turns > 0; turns--) await Task.Run(() => { }, cancel);
    }
}

internal static class PreferredVersions
{
    public static ImmutableDictionary<PackageName, Pep440Version> ToImmutableVersions(
        this Dictionary<PackageName, Pep440Version> versions) => versions.ToImmutableDictionary();
}
