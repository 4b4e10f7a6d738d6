using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Indexes.Caching;

/// <summary>What was once served for an address.</summary>
/// <param name="Page">What it said.</param>
/// <param name="Packed">The same as it is kept.</param>
/// <param name="Location">The final address, after redirects: file addresses are relative to it.</param>
/// <param name="ETag">To ask whether it is still the same; empty when the server gave none.</param>
/// <param name="Moment">When it was served, or last found unchanged.</param>
/// <param name="MaxAge">How long after that it need not be asked for again.</param>
internal sealed record CachedPage(
    ProjectPage Page, ReadOnlyMemory<byte> Packed, Uri Location, string ETag, DateTimeOffset Moment, TimeSpan MaxAge)
{
    // A page that an index wants kept for years would hide what is yanked or quarantined meanwhile.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>A moment in the future means that the clock was set back: then nothing is known about its age.</summary>
    public bool IsFresh(DateTimeOffset now) => now >= Moment && now - Moment < (MaxAge < Longest ? MaxAge : Longest);
}

/// <summary>Pages and METADATA on disk, below a directory that may be deleted at any time. Damaged entries do not exist.</summary>
/// <remarks>
/// The check over an entry is against accidents: who can write here can make one that fits. Against him stands that nothing is done on the
/// word of an entry alone that would not be done on a page's: METADATA and files are known by their digests.
/// An entry is read, not mapped: who cuts a mapped file short ends whoever looks at it.
/// </remarks>
/// <param name="directory">Null: nothing is kept.</param>
internal sealed class PageCache(string? directory)
{
    private const string Magic = "sandpiper-page-3";    // what was kept in another form has another, and is fetched anew
    private const string ETagMark = "ETag ";
    private const int MaxHead = 64 << 10;
    private const int CheckLength = sizeof(ulong);

    public CachedPage? Find(Uri address, PackageName name)
    {
        if (CacheFile.Read(PathOf("pages", Key(address.AbsoluteUri)), PageContent.MaxBytes + MaxHead) is not { } bytes) return null;
        int end = bytes.AsSpan().IndexOf("\n\n"u8);
        if (end < CheckLength || !Check(bytes.AsSpan(CheckLength), []).AsSpan().SequenceEqual(bytes.AsSpan(0, CheckLength))) return null;

        string[] head = Encoding.UTF8.GetString(bytes.AsSpan(CheckLength, end - CheckLength)).Split('\n');
        return head is [Magic, var asked, var location, var etag, var moment, var age]
            && string.Equals(asked, address.AbsoluteUri, StringComparison.Ordinal)
            && etag.StartsWith(ETagMark, StringComparison.Ordinal)
            && Uri.TryCreate(location, UriKind.Absolute, out Uri? final) && final.Scheme is "http" or "https"
            && long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out int maxAge)
            && ProjectPage.TryUnpack(bytes.AsMemory(end + 2), final, name, out ProjectPage? page)
            ? new CachedPage(
                page,
                bytes.AsMemory(end + 2),
                final,
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
            page.Location.AbsoluteUri,
            ETagMark + page.ETag,   // never an empty line: that ends the head
            page.Moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ((int)Math.Clamp(page.MaxAge.TotalSeconds, 0, int.MaxValue)).ToString(CultureInfo.InvariantCulture),
        ];
        byte[] first = Encoding.UTF8.GetBytes(string.Join('\n', head) + "\n\n");
        byte[] check = Check(first, page.Packed.Span);
        CacheFile.Write(directory, PathOf("pages", Key(address.AbsoluteUri))!, [.. check, .. first], page.Packed.Span);
    }

    /// <summary>METADATA by its own digest, which is checked on every read: a cache is no place to trust.</summary>
    public ServedMetadata? FindMetadata(Sha256Digest digest, int maxBytes)
    {
        if (CacheFile.Rent(PathOf("metadata", digest.Hex), maxBytes, out int length) is not { } rented) return null;
        var found = ServedMetadata.Lent(rented, length);
        if (found.Digest == digest) return found;
        found.Dispose();
        return null;
    }

    public void KeepMetadata(Sha256Digest digest, ReadOnlySpan<byte> content)
    {
        if (PathOf("metadata", digest.Hex) is { } path) CacheFile.Write(directory!, path, [], content);
    }

    private static byte[] Check(ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest)
    {
        var check = new XxHash3();
        check.Append(first);
        check.Append(rest);
        return check.GetHashAndReset();
    }

    private static string Key(string address) => Sha256Digest.Of(Encoding.UTF8.GetBytes(address)).Hex;

    private string? PathOf(string kind, string key) => directory is null ? null : $"{directory}/{kind}/{key}";
}
