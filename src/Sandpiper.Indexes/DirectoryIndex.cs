using System.Collections.Immutable;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Indexes;

/// <summary>An index in a directory (<c>file:</c>): <c>NAME/index.json</c>, else <c>NAME/index.html</c>.</summary>
public sealed class DirectoryIndex : IPackageIndex
{
    private const int MaxMetadataBytes = 8 << 20;

    private readonly Uri _address;
    private readonly WheelMetadataReader _metadataOf;

    /// <param name="address">Of the directory that holds the projects' directories.</param>
    /// <param name="metadataOf">Reads METADATA out of a wheel that has none beside it.</param>
    /// <exception cref="IndexException">The address is not one of a directory on this machine.</exception>
    public DirectoryIndex(Uri address, WheelMetadataReader metadataOf)
    {
        if (!address.IsFile || address.IsUnc)
            throw new IndexException(IndexRules.Address, "an index in a directory has an address such as file:///srv/simple/", address);
        _address = address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
        _metadataOf = metadataOf;
    }

    /// <inheritdoc cref="SimpleIndex.Budget"/>
    public PageBudget Budget { get; init; } = new();

    public ImmutableArray<Uri> Addresses => [_address];

    public Uri? OwnerOf(PackageName name) => _address;

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        // A directory that is not there is a mistake; an empty answer would look like "no such package" and pass the name on (P7).
        if (!Directory.Exists(_address.LocalPath))
            throw new IndexException(IndexRules.Unreachable, "there is no such directory, or we may not look at it", _address);
        foreach ((string file, string kind) in new[] { ("index.json", PageContent.Json), ("index.html", PageContent.Html) })
        {
            var location = new Uri(_address, $"{name.Normalized}/{file}");
            if (await ReadAsync(location, PageContent.MaxBytes, cancel) is not { } body) continue;
            Budget.Take(body.Length, location);
            return new PageContent(location, kind, body).Parse(name);
        }
        return null;
    }

    public async Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        MustBeFile(wheel);
        var beside = new Uri(wheel.Url.AbsoluteUri + ".metadata");
        if (!wheel.HasMetadata || await ReadAsync(beside, MaxMetadataBytes, cancel) is not { } content)
        {
            // The reader opens it by its path; what is not there or no wheel is the reader's to say, but for a pipe it would wait.
            if (Open(wheel.Url) is { } there) await there.DisposeAsync();
            return ServedMetadata.Of(_metadataOf(wheel.Url.LocalPath, wheel.FileName));
        }
        var served = ServedMetadata.Of(content);
        return wheel.MetadataSha256 is { } expected && served.Digest != expected ? throw Download.OtherMetadata(wheel, beside) : served;
    }

    public async Task<Sha256Digest> DownloadAsync(
        IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar,
        CancellationToken cancel)
    {
        var download = new Download(file, expected);
        download.MustBeExpected();
        MustBeFile(file);
        await using FileStream content = Open(file.Url) ?? throw new IndexException(
            IndexRules.Status, $"it offers `{file.FileName}`, and there is none", file.Url);
        download.MustFit(content.Length, file.Url);
        return await download.CopyAsync(piece => content.ReadAsync(piece, cancel).AsTask(), destination, file.Url, bytesSoFar, cancel);
    }

    /// <summary>Null when there is no such file.</summary>
    private static async Task<byte[]?> ReadAsync(Uri location, int maxBytes, CancellationToken cancel)
    {
        await using FileStream? file = Open(location);
        if (file is null) return null;
        if (file.Length > maxBytes)
            throw new IndexException(IndexRules.TooLong, $"it has more than {maxBytes} bytes", location) { IsRefusal = true };
        byte[] content = new byte[file.Length];
        await file.ReadExactlyAsync(content, cancel);
        return content;
    }

    // What may not be read is there nonetheless: to call it absent would pass the name on to the next index (P7).
    private static FileStream? Open(Uri location)
    {
        try
        {
            if (RegularFile.TryOpenBehindLinks(location.LocalPath) is { } file) return new FileStream(file, FileAccess.Read);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IndexException(IndexRules.Unreadable, "it is there and cannot be read", location, error);
        }
        if (!FileStatus.TryRead(location.LocalPath, out var there)) return null;
        string what = there.Type is FileType.SymbolicLink ? "its link leads to no file" : "it is there and no file";
        throw new IndexException(IndexRules.Unreadable, what, location);
    }

    private static void MustBeFile(IndexFile file)
    {
        if (file.Url is { IsFile: true, IsUnc: false }) return;
        string because = $"`{file.FileName}` lies on a server: an index in a directory offers files only";
        throw new IndexException(IndexRules.Elsewhere, because, Credentials.Separate(file.Url, out _)) { IsRefusal = true };
    }
}
