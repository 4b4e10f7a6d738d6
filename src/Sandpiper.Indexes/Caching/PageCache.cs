using System.Globalization;
using System.Text;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes.Caching;

/// <summary>A page as it was once served.</summary>
/// <param name="Content">The page.</param>
/// <param name="ETag">To ask whether it is still the same; empty when the server gave none.</param>
/// <param name="Moment">When it was served, or last found unchanged.</param>
/// <param name="MaxAge">How long after that it need not be asked for again.</param>
internal sealed record CachedPage(PageContent Content, string ETag, DateTimeOffset Moment, TimeSpan MaxAge)
{
    // A page that an index wants kept for years would hide what is yanked or quarantined meanwhile.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>A moment in the future means that the clock was set back: then nothing is known about its age.</summary>
    public bool IsFresh(DateTimeOffset now) => now >= Moment && now - Moment < (MaxAge < Longest ? MaxAge : Longest);
}

/// <summary>Pages and METADATA on disk, below a directory that may be deleted at any time. Damaged entries do not exist.</summary>
/// <param name="directory">Null: nothing is kept.</param>
internal sealed class PageCache(string? directory)
{
    private const string Magic = "sandpiper-page-2";
    private const string ETagMark = "ETag ";
    private const int MaxHead = 64 << 10;

    public CachedPage? Find(Uri address)
    {
        if (CacheFile.Read(PathOf("pages", Key(address.AbsoluteUri)), PageContent.MaxBytes + MaxHead) is not { } bytes) return null;
        int digestEnd = bytes.AsSpan().IndexOf((byte)'\n'), end = bytes.AsSpan().IndexOf("\n\n"u8);
        if (digestEnd < 0 || end < digestEnd) return null;
        ReadOnlySpan<byte> covered = bytes.AsSpan(digestEnd + 1);
        if (!string.Equals(Encoding.ASCII.GetString(bytes, 0, digestEnd), Sha256Digest.Of(covered).Hex, StringComparison.Ordinal))
            return null;

        string[] head = Encoding.UTF8.GetString(bytes.AsSpan(digestEnd + 1, end - digestEnd - 1)).Split('\n');
        return head is [Magic, var asked, var location, var type, var etag, var moment, var age]
            && string.Equals(asked, address.AbsoluteUri, StringComparison.Ordinal)
            && etag.StartsWith(ETagMark, StringComparison.Ordinal)
            && Uri.TryCreate(location, UriKind.Absolute, out Uri? final) && final.Scheme is "http" or "https"
            && long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out int maxAge)
            ? new CachedPage(
                new PageContent(final, type, bytes.AsMemory(end + 2)),
                etag[ETagMark.Length..],
                DateTimeOffset.FromUnixTimeSeconds(seconds),
                TimeSpan.FromSeconds(maxAge))
            : null;
    }

    public void Keep(Uri address, CachedPage page)
    {
        if (directory is null) return;
        string[] head =
        [
            Magic,
            address.AbsoluteUri,
            page.Content.Location.AbsoluteUri,
            page.Content.MediaType,
            ETagMark + page.ETag,   // never an empty line: that ends the head
            page.Moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ((int)Math.Clamp(page.MaxAge.TotalSeconds, 0, int.MaxValue)).ToString(CultureInfo.InvariantCulture),
        ];
        byte[] covered = [.. Encoding.UTF8.GetBytes(string.Join('\n', head) + "\n\n"), .. page.Content.Body.Span];
        CacheFile.Write(
            PathOf("pages", Key(address.AbsoluteUri))!, [.. Encoding.ASCII.GetBytes(Sha256Digest.Of(covered).Hex + "\n"), .. covered]);
    }

    /// <summary>METADATA by its own digest, which is checked on every read: a cache is no place to trust.</summary>
    public byte[]? FindMetadata(Sha256Digest digest, int maxBytes) =>
        CacheFile.Read(PathOf("metadata", digest.Hex), maxBytes) is { } bytes && Sha256Digest.Of(bytes) == digest ? bytes : null;

    public void KeepMetadata(Sha256Digest digest, ReadOnlySpan<byte> content)
    {
        if (PathOf("metadata", digest.Hex) is { } path) CacheFile.Write(path, content);
    }

    private static string Key(string address) => Sha256Digest.Of(Encoding.UTF8.GetBytes(address)).Hex;

    private string? PathOf(string kind, string key) => directory is null ? null : Path.Combine(directory, kind, key[..2], key);
}
