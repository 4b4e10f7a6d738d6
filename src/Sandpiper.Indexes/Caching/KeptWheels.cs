using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes.Caching;

/// <summary>Wheels that had to be fetched for their METADATA, kept so that installing them need not fetch them again.</summary>
/// <param name="cacheDirectory">Null, or one that cannot be written: they go when this object does.</param>
internal sealed class KeptWheels(string? cacheDirectory) : IDisposable
{
    private readonly Lazy<string> _own = new(() => Directory.CreateTempSubdirectory("sandpiper-").FullName);

    // Where an index gives no digest, only this process knows which file it fetched from where.
    private readonly ConcurrentDictionary<Uri, Sha256Digest> _fetched = new();

    /// <summary>The path of a kept file with exactly the bytes that the index names, or null.</summary>
    public async Task<string?> FindAsync(IndexFile file, CancellationToken cancel)
    {
        Sha256Digest digest;
        if (file.Sha256 is { } named) digest = named;
        else if (!_fetched.TryGetValue(file.Url, out digest)) return null;
        return cacheDirectory is not null && await FindAsync(PathIn(cacheDirectory, digest), digest, cancel) is { } kept
            ? kept
            : _own.IsValueCreated ? await FindAsync(PathIn(_own.Value, digest), digest, cancel) : null;
    }

    private static async Task<string?> FindAsync(string path, Sha256Digest digest, CancellationToken cancel)
    {
        try
        {
            using var opened = RegularFile.TryOpen(path);
            if (opened is null) return null;
            await using var content = new FileStream(opened, FileAccess.Read, bufferSize: 0);
            return Sha256Digest.FromBytes(await SHA256.HashDataAsync(content, cancel)) == digest ? path : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps what <paramref name="fetch"/> writes; it gives the digest of that.</summary>
    /// <returns>Where it is now.</returns>
    public async Task<string> KeepAsync(IndexFile file, Func<Stream, Task<Sha256Digest>> fetch)
    {
        if (cacheDirectory is not null)
        {
            try
            {
                return await KeepInAsync(cacheDirectory, file, fetch);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A full or read-only cache, or somebody's: it is fetched for this command alone.
            }
        }
        return await KeepInAsync(_own.Value, file, fetch);
    }

    public void Dispose()
    {
        if (_own.IsValueCreated) Directory.Delete(_own.Value, recursive: true);
    }

    private async Task<string> KeepInAsync(string cache, IndexFile file, Func<Stream, Task<Sha256Digest>> fetch)
    {
        CacheFile.MakeOwners(DirectoryOf(cache));
        await using FileStream content = CacheFile.CreateIn(cache);
        try
        {
            Sha256Digest digest = await fetch(content);
            await content.FlushAsync();
            string path = PathIn(cache, digest);
            File.Move(content.Name, path, overwrite: true);
            if (file.Sha256 is null) _fetched[file.Url] = digest;
            return path;
        }
        finally
        {
            File.Delete(content.Name);      // not there any more once it was renamed
        }
    }

    private static string PathIn(string cache, Sha256Digest digest) => Path.Combine(DirectoryOf(cache), digest.Hex);

    private static string DirectoryOf(string cache) => Path.Combine(cache, "wheels");
}
