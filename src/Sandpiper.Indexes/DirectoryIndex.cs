using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes;

/// <summary>An index in a directory (<c>file:</c>): <c>NAME/index.json</c>, else <c>NAME/index.html</c>.</summary>
public sealed class DirectoryIndex(Uri address, WheelMetadataReader metadataOf) : IPackageIndex
{
    private const int MaxPageBytes = 128 << 20;
    private const long MaxFileBytes = 8L << 30;

    public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        // A directory that is not there is a mistake; an empty answer would look like "no such package".
        if (!Directory.Exists(address.LocalPath)) throw new IndexException(IndexRules.Unreachable, "there is no such directory, or we may not look at it", address);
        foreach (string file in (ReadOnlySpan<string>)["index.json", "index.html"])
        {
            var location = new Uri(address, $"{name.Normalized}/{file}");
            if (!File.Exists(location.LocalPath)) continue;
            if (new FileInfo(location.LocalPath).Length > MaxPageBytes) throw new IndexException(IndexRules.TooLong, $"more than {MaxPageBytes} bytes", location) { IsRefusal = true };
            byte[] content = File.ReadAllBytes(location.LocalPath);
            bool read = file.EndsWith(".json", StringComparison.Ordinal)
                ? ProjectPage.TryParseJson(content, location, name, out ProjectPage? page, out string problem)
                : ProjectPage.TryParseHtml(content, location, name, out page, out problem);
            return read ? Task.FromResult(page) : throw new IndexException(IndexRules.Page, $"its page of `{name}` cannot be read: {problem}", location) { IsRefusal = true };
        }
        return Task.FromResult<ProjectPage?>(null);
    }

    public Task<ReadOnlyMemory<byte>> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        string path = MustBeFile(wheel);
        if (!wheel.HasMetadata) return Task.FromResult(metadataOf(path, wheel.FileName));
        if (!File.Exists(path + ".metadata")) throw new IndexException(IndexRules.Status, $"it offers METADATA of `{wheel.FileName}`, and there is none", wheel.Url);
        byte[] content = File.ReadAllBytes(path + ".metadata");
        return wheel.MetadataSha256 is { } expected && Sha256Digest.Of(content) != expected
            ? throw new IndexException(IndexRules.Digest, $"METADATA of `{wheel.FileName}` has another SHA-256 than the index says", wheel.Url) { IsRefusal = true }
            : Task.FromResult<ReadOnlyMemory<byte>>(content);
    }

    public async Task DownloadAsync(IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar, CancellationToken cancel)
    {
        Download.MustBeExpected(file, expected);
        string path = MustBeFile(file);
        if (!File.Exists(path)) throw new IndexException(IndexRules.Status, $"it offers `{file.FileName}`, and there is none", file.Url);
        await using FileStream body = File.OpenRead(path);
        await Download.CopyAsync(body, file, expected, MaxFileBytes, destination, file.Url, bytesSoFar, cancel);
    }

    private static string MustBeFile(IndexFile file) => file.Url.IsFile ? file.Url.LocalPath : throw new IndexException(IndexRules.Redirect, $"`{file.FileName}` lies elsewhere: an index in a directory offers files only", file.Url) { IsRefusal = true };
}
