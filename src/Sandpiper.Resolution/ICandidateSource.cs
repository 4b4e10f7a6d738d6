using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution;

/// <summary>Where candidates come from: pages of projects, and METADATA of the wheels on them. Safe for many questions at once.</summary>
/// <remarks>What it throws ends the resolution, as soon as the very thing that failed is needed.</remarks>
public interface ICandidateSource
{
    /// <summary>The project's page, or null when nobody has the name.</summary>
    Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel);

    /// <summary>METADATA of one wheel, the caller's to dispose of.</summary>
    Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel);
}
