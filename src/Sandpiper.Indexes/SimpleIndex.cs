using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Sandpiper.Indexes.Caching;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes;

/// <summary>One index by HTTP (PyPA "Simple repository API").</summary>
/// <remarks>Safe for many questions at once. Credentials of the address go to its own server only and appear in no message.</remarks>
public sealed class SimpleIndex : IPackageIndex, IDisposable
{
    private const int MaxPageBytes = 128 << 20;     // the largest page of the public index is under 10 MB
    private const int MaxMetadataBytes = 8 << 20;
    private const long MaxFileBytes = 8L << 30;
    private const string Accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";
    private const string JsonType = "application/vnd.pypi.simple.v1+json";

    private readonly Uri _address;
    private readonly Credentials _credentials;
    private readonly PageCache _cache;
    private readonly HttpFetcher _fetcher;
    private readonly WheelMetadataReader _metadataOf;
    private readonly TimeProvider _time;
    private readonly bool _offline;

    /// <param name="address">Ends with a slash; http or https.</param>
    /// <param name="cacheDirectory">Null: nothing is kept.</param>
    /// <param name="metadataOf">Reads METADATA out of a wheel, for indexes that do not offer it beside.</param>
    /// <param name="offline">Never ask; pages in the cache count whatever their age.</param>
    public SimpleIndex(Uri address, string? cacheDirectory, WheelMetadataReader metadataOf, TimeProvider time, bool offline)
    {
        _address = Credentials.Separate(address, out _credentials);
        _cache = new PageCache(cacheDirectory);
        _fetcher = new HttpFetcher(time);
        (_metadataOf, _time, _offline) = (metadataOf, time, offline);
    }

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        var address = new Uri(_address, $"{name.Normalized}/");
        CachedPage? cached = _cache.Find(address);
        if (cached is not null && (_offline || cached.FreshUntil > _time.GetUtcNow())) return Parse(cached, name);
        if (_offline) throw new IndexException(IndexRules.Offline, $"the page of `{name}` is not in the cache", address);

        (HttpResponseMessage response, Uri location) = await _fetcher.GetAsync(address, _credentials, request =>
        {
            request.Headers.TryAddWithoutValidation("Accept", Accept);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            if (cached is { ETag.Length: > 0 }) request.Headers.TryAddWithoutValidation("If-None-Match", cached.ETag);
        }, cancel);
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.NotFound) return null;
            bool unchanged = response.StatusCode == HttpStatusCode.NotModified;
            if (unchanged && cached is null) throw new IndexException(IndexRules.Page, "it says that a page is unchanged which we never had", location) { IsRefusal = true };
            CachedPage page = unchanged
                ? cached! with { FreshUntil = FreshUntil(response) }
                : new CachedPage(response.Content.Headers.ContentType?.MediaType ?? "", location, ETagOf(response), FreshUntil(response), await BoundedBody.ReadAsync(response, location, MaxPageBytes, cancel));
            ProjectPage parsed = Parse(page, name);
            _cache.Keep(address, page);
            return parsed;
        }
    }

    public async Task<ReadOnlyMemory<byte>> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        if (wheel.MetadataSha256 is { } digest && _cache.FindMetadata(digest) is { } known) return known;
        if (_offline) throw new IndexException(IndexRules.Offline, $"METADATA of `{wheel.FileName}` is not in the cache", Shown(wheel.Url));
        if (!wheel.HasMetadata) return await MetadataFromWheelAsync(wheel, cancel);

        var address = new Uri(wheel.Url.GetLeftPart(UriPartial.Path) + ".metadata" + wheel.Url.Query);
        (HttpResponseMessage response, Uri location) = await _fetcher.GetAsync(address, _credentials, _ => { }, cancel);
        using (response)
        {
            if (response.StatusCode != HttpStatusCode.OK) throw new IndexException(IndexRules.Status, $"it offers METADATA of `{wheel.FileName}` and answered {(int)response.StatusCode}", location);
            ReadOnlyMemory<byte> content = await BoundedBody.ReadAsync(response, location, MaxMetadataBytes, cancel);
            if (wheel.MetadataSha256 is { } expected)
            {
                if (Sha256Digest.Of(content.Span) != expected) throw new IndexException(IndexRules.Digest, $"METADATA of `{wheel.FileName}` has another SHA-256 than the index says", location) { IsRefusal = true };
                _cache.KeepMetadata(expected, content.Span);
            }
            return content;
        }
    }

    public async Task DownloadAsync(IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar, CancellationToken cancel)
    {
        Download.MustBeExpected(file, expected);
        if (_offline) throw new IndexException(IndexRules.Offline, $"`{file.FileName}` is not on this machine", Shown(file.Url));
        (HttpResponseMessage response, Uri location) = await _fetcher.GetAsync(file.Url, _credentials, request => request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity")), cancel);
        using (response)
        {
            if (response.StatusCode != HttpStatusCode.OK) throw new IndexException(IndexRules.Status, $"it offers `{file.FileName}` and answered {(int)response.StatusCode}", location);
            if (response.Content.Headers.ContentEncoding.Count > 0) throw new IndexException(IndexRules.Page, $"`{file.FileName}` came packed although that was declined", location) { IsRefusal = true };
            await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
            await Download.CopyAsync(body, file, expected, MaxFileBytes, destination, location, bytesSoFar, cancel);
        }
    }

    public void Dispose() => _fetcher.Dispose();

    private async Task<ReadOnlyMemory<byte>> MetadataFromWheelAsync(IndexFile wheel, CancellationToken cancel)
    {
        string temporary = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, UnixCreateMode = (UnixFileMode)0b110_000_000, Options = FileOptions.DeleteOnClose,
        });
        await DownloadAsync(wheel, [], file, bytesSoFar: null, cancel);
        await file.FlushAsync(cancel);
        return _metadataOf(temporary, wheel.FileName);
    }

    private static ProjectPage Parse(CachedPage cached, PackageName name)
    {
        // The kind is what the server says; guessing from the content would let a page be two things.
        bool isJson = string.Equals(cached.ContentType, JsonType, StringComparison.OrdinalIgnoreCase);
        if (!isJson && !(cached.ContentType is "text/html" or "application/vnd.pypi.simple.v1+html"))
        {
            throw new IndexException(IndexRules.Page, $"a page of kind `{cached.ContentType}`; this is no package index", cached.Location) { IsRefusal = true };
        }
        bool read = isJson
            ? ProjectPage.TryParseJson(cached.Body, cached.Location, name, out ProjectPage? page, out string problem)
            : ProjectPage.TryParseHtml(cached.Body, cached.Location, name, out page, out problem);
        return read ? page! : throw new IndexException(IndexRules.Page, $"its page of `{name}` cannot be read: {problem}", cached.Location) { IsRefusal = true };
    }

    private DateTimeOffset FreshUntil(HttpResponseMessage response)
    {
        CacheControlHeaderValue? control = response.Headers.CacheControl;
        TimeSpan age = control is { NoStore: false, NoCache: false, MaxAge: { } max } ? max : TimeSpan.Zero;
        return _time.GetUtcNow() + (age > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : age);
    }

    private static string ETagOf(HttpResponseMessage response)
    {
        string etag = response.Headers.ETag?.ToString() ?? "";
        return etag.Contains('\n', StringComparison.Ordinal) ? "" : etag;
    }

    private static Uri Shown(Uri address) => Credentials.Separate(address, out _);
}
