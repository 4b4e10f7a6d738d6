using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Surroundings;

namespace Sandpiper.Resolution.Tests.Surroundings;

/// <summary>The index as it was recorded, read in-process: whole pages, and METADATA of about 4,900 wheels.</summary>
internal sealed class RecordedIndex : ICandidateSource
{
    private static readonly Lazy<Dictionary<string, byte[]>> Metadata = new(ReadMetadata);
    private readonly string _root = Recorded.Path("pypi");
    private int _pages;
    private int _metadata;

    /// <summary>Asked for so far.</summary>
    public (int Pages, int Metadata) Counts => (_pages, _metadata);

    /// <summary>Wheels whose METADATA was not recorded.</summary>
    public List<string> Gaps { get; } = [];

    public static void Load() => _ = Metadata.Value;

    public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) => Task.Run(() =>
    {
        Interlocked.Increment(ref _pages);
        string path = Path.Combine(_root, "simple", name.Normalized, "index.json");
        byte[]? content = File.Exists(path) ? File.ReadAllBytes(path) : File.Exists(path + ".gz") ? Unpacked(path + ".gz") : null;
        if (content is null) return null;
        Assert.True(
            ProjectPage.TryParseJson(
                content, new Uri($"https://index.example/simple/{name}/"), name, out ProjectPage? page, out string problem),
            problem);
        return page;
    }, cancel);

    public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        Interlocked.Increment(ref _metadata);
        if (Metadata.Value.TryGetValue(wheel.FileName, out byte[]? content)) return Task.FromResult(ServedMetadata.Of(content));
        lock (Gaps) Gaps.Add(wheel.FileName);
        throw new IndexException("SP-INDEX-02", $"METADATA of `{wheel.FileName}` was not recorded", wheel.Url);
    }

    private static byte[] Unpacked(string path)
    {
        using var content = new MemoryStream();
        using (var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress)) packed.CopyTo(content);
        return content.ToArray();
    }

    private static Dictionary<string, byte[]> ReadMetadata()
    {
        string root = Recorded.Path("pypi");
        var metadata = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(Path.Combine(root, "files"), "*.metadata*"))
        {
            bool isPacked = path.EndsWith(".gz", StringComparison.Ordinal);
            string name = Path.GetFileName(isPacked ? path[..^3] : path);
            metadata[name[..^".metadata".Length]] = isPacked ? Unpacked(path) : File.ReadAllBytes(path);
        }
        using Process xz = Process.Start(new ProcessStartInfo("xz", ["-dc", Path.Combine(root, "packs", "metadata.tar.xz")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        using (var archive = new TarReader(xz.StandardOutput.BaseStream))
        {
            while (archive.GetNextEntry(copyData: true) is { } entry)
            {
                if (entry.DataStream is null) continue;
                using var content = new MemoryStream();
                entry.DataStream.CopyTo(content);
                metadata[Path.GetFileName(entry.Name)[..^".metadata".Length]] = content.ToArray();
            }
        }
        xz.WaitForExit();
        return metadata;
    }
}
