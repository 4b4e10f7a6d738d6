using System.Collections.Immutable;
using System.Net;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Indexes.Caching;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Indexes;

/// <summary>One index by HTTP (PyPA "Simple repository API").</summary>
/// <remarks>
/// Safe for many questions at once. Credentials of the address go to its own server only and appear in no message. Answers are never
/// guessed at: only 404 means "not here", and only a page whose kind the server names is read.
/// </remarks>
public sealed class SimpleIndex : IPackageIndex, IDisposable
{
    private const int MaxMetadataBytes = 8 << 20;
    private const int LargePage = 4 << 20;      // hardly any of the public index is

    private readonly Uri _address;
    private readonly Credentials _credentials;
    private readonly PageCache _cache;
    private readonly KeptWheels _kept;
    private readonly HttpFetcher _fetcher;
    private readonly WheelMetadataReader _metadataOf;
    private readonly TimeProvider _time;
    private readonly bool _offline;

    /// <param name="address">Of the page of all projects; http or https. May carry a user name and a password.</param>
    /// <param name="cacheDirectory">Null: nothing is kept.</param>
    /// <param name="metadataOf">Reads METADATA out of a wheel, for indexes that do not offer it beside.</param>
    /// <param name="offline">Never ask; pages in the cache count whatever their age.</param>
    /// <param name="certificateFile">Certificates to trust instead of the system's (<c>SSL_CERT_FILE</c>); null
    /// or empty: the system's.</param>
    /// <param name="noProxy">What is reached without the proxy that the environment names (<c>no_proxy</c>); null: nothing.</param>
    /// <exception cref="IndexException">The address is none, or the certificates cannot be read.</exception>
    public SimpleIndex(
        Uri address, string? cacheDirectory, WheelMetadataReader metadataOf, TimeProvider time, bool offline, string? certificateFile,
        string? noProxy)
        : this(address, cacheDirectory, metadataOf, time, offline, FetchLimits.Default, certificateFile, EnvironmentProxy.Less(noProxy))
    {
    }

    internal SimpleIndex(
        Uri address,
        string? cacheDirectory,
        WheelMetadataReader metadataOf,
        TimeProvider time,
        bool offline,
        FetchLimits limits,
        string? certificateFile,
        EnvironmentProxy proxy)
    {
        _address = WithSlash(Credentials.Separate(address, out _credentials));
        if (cacheDirectory is not null) CacheFile.Sweep(cacheDirectory);
        _cache = new PageCache(cacheDirectory);
        _kept = new KeptWheels(cacheDirectory);
        _fetcher = new HttpFetcher(time, limits, string.IsNullOrEmpty(certificateFile) ? null : certificateFile, proxy);
        (_metadataOf, _time, _offline) = (metadataOf, time, offline);
    }

    /// <summary>Which its pages share with those of other indexes that the same command asks.</summary>
    public PageBudget Budget { get; init; } = new();

    public ImmutableArray<Uri> Addresses => [_address];

    public Uri? OwnerOf(PackageName name) => _address;

    public async Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel)
    {
        var address = new Uri(_address, $"{name.Normalized}/");
        CachedPage? cached = _cache.Find(address, name);
        if (cached is not null) Budget.Take(cached.Packed.Length, address);
        if (cached is not null && (_offline || cached.IsFresh(_time.GetUtcNow()))) return cached.Page;
        MustBeOnline($"the page of `{name}` is not in the cache", address);

        var question = new Question(address, _credentials)
        {
            Accept = PageContent.Accept,
            AcceptEncoding = "gzip, br",
            IfNoneMatch = cached?.ETag ?? "",
        };
        return await _fetcher.GetAsync(question, answer => ReadPageAsync(answer, address, cached, name, cancel), cancel);
    }

    public async Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel)
    {
        if (wheel.MetadataSha256 is { } digest && _cache.FindMetadata(digest, MaxMetadataBytes) is { } known) return known;
        if (wheel.HasMetadata && !_offline && await MetadataBesideAsync(wheel, cancel) is { } content) return content;
        string path = await _kept.FindAsync(wheel, cancel)
            ?? await _kept.KeepAsync(
                wheel, destination => FetchAsync(wheel, new Download(wheel, []), destination, bytesSoFar: null, cancel));
        return ServedMetadata.Of(_metadataOf(path, wheel.FileName));
    }

    public async Task<Sha256Digest> DownloadAsync(
        IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar,
        CancellationToken cancel)
    {
        var download = new Download(file, expected);
        download.MustBeExpected();
        using SafeFileHandle? found = await _kept.FindAsync(file, cancel) is { } path ? RegularFile.TryOpen(path) : null;
        if (found is null) return await FetchAsync(file, download, destination, bytesSoFar, cancel);
        await using var kept = new FileStream(found, FileAccess.Read);
        return await download.CopyAsync(piece => kept.ReadAsync(piece, cancel).AsTask(), destination, Shown(file.Url), bytesSoFar, cancel);
    }

    public void Dispose()
    {
        _fetcher.Dispose();
        _kept.Dispose();
    }

    private async Task<ProjectPage?> ReadPageAsync(
        Answer answer, Uri address, CachedPage? cached, PackageName name, CancellationToken cancel)
    {
        if (answer.Status == HttpStatusCode.NotFound) return null;
        bool isUnchanged = answer.Status == HttpStatusCode.NotModified;
        if (isUnchanged && cached is null)
            throw new IndexException(IndexRules.Page, "it calls a page unchanged that we never had", answer.Location) { IsRefusal = true };
        CachedPage said = isUnchanged
            ? cached! with { Moment = _time.GetUtcNow(), MaxAge = answer.MaxAge }
            : Read(await answer.ReadAllAsync(PageContent.MaxBytes, Budget, cancel), answer, name, cancel);
        if (answer.MayBeKept) _cache.Keep(address, said);
        return said.Page;
    }

    private CachedPage Read(ReadOnlyMemory<byte> body, Answer answer, PackageName name, CancellationToken cancel)
    {
        // Taken apart, a page needs many times its own size: of large ones one command does that one after the other.
        if (body.Length < LargePage) return TakeApart(body, answer, name);
        lock (Budget)
        {
            cancel.ThrowIfCancellationRequested();
            return TakeApart(body, answer, name);
        }
    }

    // What is worked on is what would be found in the cache: one way, and no more memory than what is looked at needs.
    private CachedPage TakeApart(ReadOnlyMemory<byte> body, Answer answer, PackageName name)
    {
        ProjectPage page = Parse(
            new PageContent(answer.Location, answer.MediaType, body) { HasSaidItsEnd = answer.SaysItsEnd }, name);
        ReadOnlyMemory<byte> packed = page.Pack();
        if (ProjectPage.TryUnpack(packed, answer.Location, name, out ProjectPage? small)) page = small;
        return new CachedPage(page, packed, answer.Location, answer.ETag, _time.GetUtcNow(), answer.MaxAge);
    }

    // Null when it is not there although the page says so: then the wheel itself, whose digest is known, says it more surely.
    private async Task<ServedMetadata?> MetadataBesideAsync(IndexFile wheel, CancellationToken cancel)
    {
        MustBeReachable(wheel);
        Uri beside = Shown(new Uri($"{wheel.Url.GetLeftPart(UriPartial.Path)}.metadata{wheel.Url.Query}"));
        return await _fetcher.GetAsync<ServedMetadata?>(new Question(beside, _credentials), async answer =>
        {
            if (answer.Status != HttpStatusCode.OK) return null;
            var served = ServedMetadata.Of(await answer.ReadAllAsync(MaxMetadataBytes, cancel));
            if (wheel.MetadataSha256 is not { } expected) return served;
            if (served.Digest != expected) throw Download.OtherMetadata(wheel, answer.Location);
            _cache.KeepMetadata(expected, served.Content);
            return served;
        }, cancel);
    }

    private async Task<Sha256Digest> FetchAsync(
        IndexFile file, Download download, Stream destination, IProgress<long>? bytesSoFar, CancellationToken cancel)
    {
        MustBeReachable(file);
        MustBeOnline($"`{file.FileName}` is not on this machine", Shown(file.Url));
        long? start = destination.CanSeek ? destination.Position : null;
        bool hasBegun = false;
        return await _fetcher.GetAsync(new Question(Shown(file.Url), _credentials), async answer =>
        {
            if (answer.Status != HttpStatusCode.OK)
                throw new IndexException(
                    IndexRules.Status, $"it offers `{file.FileName}` and answered {(int)answer.Status}", answer.Location);
            download.MustFit(answer.Length, answer.Location);
            // From the start: two halves of two answers are no file (pip 26.2, #14131).
            if (hasBegun && start is null)
                throw new IndexException(IndexRules.Unreachable, $"`{file.FileName}` broke off", answer.Location);
            if (hasBegun) destination.SetLength(destination.Position = start!.Value);
            hasBegun = true;
            await using Stream body = await answer.OpenAsync(cancel);
            return await download.CopyAsync(
                piece => answer.ReadAsync(body, piece, cancel), destination, answer.Location, bytesSoFar, cancel);
        }, cancel);
    }

    // A private index's page may name users and passwords in its links; they are nobody's to see, and ours are sent anyway.
    private static ProjectPage Parse(PageContent content, PackageName name)
    {
        ProjectPage page = content.Parse(name);
        return page.Files.Any(HasUser)
            ? page with { Files = [.. page.Files.Select(file => HasUser(file) ? file with { Url = Shown(file.Url) } : file)] }
            : page;
    }

    private static bool HasUser(IndexFile file) =>
        file.Url.OriginalString.Contains('@', StringComparison.Ordinal) && file.Url.UserInfo.Length > 0;

    private void MustBeOnline(string because, Uri address)
    {
        if (_offline) throw new IndexException(IndexRules.Offline, because, address);
    }

    // The page came by https, so nobody between could change it; a file by http would give that away, its METADATA above all.
    private void MustBeReachable(IndexFile file)
    {
        if (file.Url.Scheme is "https" || (file.Url.Scheme is "http" && _address.Scheme is "http")) return;
        string because = $"`{file.FileName}` lies at an address of the kind {file.Url.Scheme}, and the index is {_address.Scheme}";
        throw new IndexException(IndexRules.Elsewhere, because, Shown(file.Url)) { IsRefusal = true };
    }

    private static Uri WithSlash(Uri address)
    {
        if (address.Scheme is not ("http" or "https") || address.Query.Length > 0 || address.Fragment.Length > 0)
            throw new IndexException(IndexRules.Address, "an index by HTTP has an http or https address without ? and #", address);
        return address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
    }

    private static Uri Shown(Uri address) => Credentials.Separate(address, out _);
}
