using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Wheels;

namespace Sandpiper.Store.Tests;

/// <summary>A data root for one test, removed at its end.</summary>
/// <param name="below">Makes its path longer.</param>
internal sealed class DataRoot(string below = "") : IDisposable
{
    private readonly string _top = System.IO.Directory.CreateTempSubdirectory("sandpiper-").FullName;

    public string Path => _top + below;

    public WheelStore Store => new(Path);

    /// <summary>Everything below the root, relative, sorted; a directory ends with a slash.</summary>
    public string[] Tree() => [.. System.IO.Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories)
        .Select(p => System.IO.Path.GetRelativePath(Path, p) + (System.IO.Directory.Exists(p) ? "/" : "")).Order(StringComparer.Ordinal)];

    public SealedWheel Seal(WheelSample sample, string? resolvedMetadata = null, params string[] waived) =>
        Seal(sample.FileName, sample.ToBytes(), resolvedMetadata, waived);

    public SealedWheel Seal(string fileName, byte[] wheel, string? resolvedMetadata = null, params string[] waived)
    {
        string file = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"sandpiper-{Guid.NewGuid():N}.whl");
        File.WriteAllBytes(file, wheel);
        try
        {
            using var staging = Staging.Create(Path);
            ResolvedMetadata? metadata = resolvedMetadata is null ? null : ResolvedOn(resolvedMetadata);
            return Store.Seal(WheelStore.ParseName(fileName), Sha256Digest.Of(wheel), file, metadata, waived.ToHashSet(StringComparer.Ordinal), staging, TestContext.Current.CancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static ResolvedMetadata ResolvedOn(string document)
    {
        byte[] content = System.Text.Encoding.UTF8.GetBytes(document);
        return CoreMetadata.TryParse(content, out CoreMetadata? fields, out string problem)
            ? new ResolvedMetadata(Sha256Digest.Of(content), fields) : throw new FormatException(problem);
    }

    public void Dispose() => SealedTree.Remove(_top);
}
