using System.Collections.Immutable;
using Sandpiper.Archives;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
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

    /// <summary>Inspects, refuses what is found unless it is waived (hooks are another matter), seals.</summary>
    public SealedWheel Seal(string fileName, byte[] wheel, string? resolvedMetadata = null, params string[] waived)
    {
        string file = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"sandpiper-{Guid.NewGuid():N}.whl");
        File.WriteAllBytes(file, wheel);
        try
        {
            using var staging = Staging.Create(Path);
            ResolvedMetadata? metadata = resolvedMetadata is null ? null : ResolvedOn(resolvedMetadata);
            var name = WheelStore.ParseName(fileName);
            var digest = Sha256Digest.Of(wheel);
            if (!Store.IsDistrusted(digest) && Store.Find(name, digest, metadata) is { Findings: { } found } already)
            {
                MustBeAcceptable(found, waived);
                return already;
            }
            var unpacked = WheelStore.Unpack(name, digest, file, ArchiveLimits.Default, staging, TestContext.Current.CancellationToken);
            var other = metadata is { } chosen ? DistInfo.Compare(unpacked.ReadMetadata().Span, chosen, unpacked.MetadataPath) : null;
            MustBeAcceptable(other is null ? unpacked.Inspected.Findings : unpacked.Inspected.Findings.Add(other), waived);
            return Store.Seal(unpacked, replace: false, staging, TestContext.Current.CancellationToken).With(other);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void MustBeAcceptable(ImmutableArray<Finding> findings, string[] waived)
    {
        if (findings.FirstOrDefault(f => !f.IsHook && !waived.Contains(f.Rule, StringComparer.Ordinal)) is { } refused)
            throw new RefusedException(refused);
    }

    /// <summary>Inspects only; nothing is left.</summary>
    public UnpackedWheel Unpack(WheelSample sample, ArchiveLimits limits)
    {
        string file = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"sandpiper-{Guid.NewGuid():N}.whl");
        byte[] wheel = sample.ToBytes();
        File.WriteAllBytes(file, wheel);
        try
        {
            using var staging = Staging.Create(Path);
            return WheelStore.Unpack(WheelStore.ParseName(sample.FileName), Sha256Digest.Of(wheel), file, limits, staging,
                TestContext.Current.CancellationToken);
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
