using System.Globalization;
using System.Text;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes.Caching;

/// <summary>A page as it was once served.</summary>
/// <param name="Location">The final address, after redirects: file addresses are relative to it.</param>
/// <param name="FreshUntil">Until then it need not be asked for again.</param>
internal sealed record CachedPage(string ContentType, Uri Location, string ETag, DateTimeOffset FreshUntil, ReadOnlyMemory<byte> Body);

/// <summary>Pages and METADATA on disk, below a directory that may be deleted at any time. Damaged entries do not exist.</summary>
/// <param name="directory">Null: nothing is kept.</param>
internal sealed class PageCache(string? directory)
{
    private const string Magic = "sandpiper-page-1";

    public CachedPage? Find(Uri address)
    {
        if (Read(PathOf("pages", Key(address.AbsoluteUri))) is not { } bytes) return null;
        int end = bytes.AsSpan().IndexOf("\n\n"u8);
        if (end < 0) return null;
        string[] head = Encoding.UTF8.GetString(bytes, 0, end).Split('\n');
        return head is [Magic, var type, var location, var etag, var until, var asked]
            && string.Equals(asked, address.AbsoluteUri, StringComparison.Ordinal)
            && Uri.TryCreate(location, UriKind.Absolute, out Uri? final)
            && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds < 253_402_300_799
            ? new CachedPage(type, final, etag, DateTimeOffset.FromUnixTimeSeconds(seconds), bytes.AsMemory(end + 2))
            : null;
    }

    public void Keep(Uri address, CachedPage page)
    {
        string head = string.Join('\n', Magic, page.ContentType, page.Location.AbsoluteUri, page.ETag, page.FreshUntil.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), address.AbsoluteUri) + "\n\n";
        Write(PathOf("pages", Key(address.AbsoluteUri)), [.. Encoding.UTF8.GetBytes(head), .. page.Body.Span]);
    }

    /// <summary>METADATA by its own digest, which is checked on every read: a cache is no place to trust.</summary>
    public ReadOnlyMemory<byte>? FindMetadata(Sha256Digest digest)
    {
        byte[]? bytes = Read(PathOf("metadata", digest.Hex));
        // Not by a conditional: a null array becomes an empty memory, which is not null.
        if (bytes is null || Sha256Digest.Of(bytes) != digest) return null;
        return bytes;
    }

    public void KeepMetadata(Sha256Digest digest, ReadOnlySpan<byte> content) => Write(PathOf("metadata", digest.Hex), content);

    private static string Key(string address) => Sha256Digest.Of(Encoding.UTF8.GetBytes(address)).Hex;

    private string? PathOf(string kind, string key) => directory is null ? null : Path.Combine(directory, kind, key[..2], key);

    private static byte[]? Read(string? path)
    {
        try
        {
            return path is null ? null : File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Write(string? path, ReadOnlySpan<byte> content)
    {
        if (path is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, (UnixFileMode)0b111_000_000);
            string temporary = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
            using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = (UnixFileMode)0b110_000_000 })) file.Write(content);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full or read-only cache costs time, not correctness.
        }
    }
}
