using System.Security.Cryptography;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes;

/// <summary>Copies a file while hashing it, so that no byte is read twice or trusted unhashed.</summary>
internal static class Download
{
    /// <exception cref="IndexException">Nobody names a digest (P3), or the index's is none of those the user named.</exception>
    public static void MustBeExpected(IndexFile file, IReadOnlyCollection<Sha256Digest> expected)
    {
        if (file.Sha256 is null && expected.Count == 0) throw new IndexException(IndexRules.NoDigest, $"neither the index nor you name a SHA-256 of `{file.FileName}`", file.Url) { IsRefusal = true };
        if (file.Sha256 is { } own && expected.Count > 0 && !expected.Contains(own))
        {
            throw new IndexException(IndexRules.Digest, $"the index offers `{file.FileName}` with SHA-256 {own}, which is none that you named", file.Url) { IsRefusal = true };
        }
    }

    /// <exception cref="IndexException">Too long, too short, or other bytes than named.</exception>
    public static async Task CopyAsync(
        Stream body, IndexFile file, IReadOnlyCollection<Sha256Digest> expected, long maxBytes, Stream destination, Uri location, IProgress<long>? bytesSoFar, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[128 << 10];
        long done = 0, most = file.Size ?? maxBytes;
        while (true)
        {
            int read = await BoundedBody.ReadSomeAsync(body, buffer, location, cancel);
            if (read == 0) break;
            done += read;
            if (done > most) throw new IndexException(IndexRules.TooLong, $"`{file.FileName}` has more than the {most} bytes that the index promises", location) { IsRefusal = true };
            hash.AppendData(buffer, 0, read);
            await destination.WriteAsync(buffer.AsMemory(0, read), cancel);
            bytesSoFar?.Report(done);
        }
        if (file.Size is { } size && done < size) throw new IndexException(IndexRules.TooShort, $"`{file.FileName}` broke off after {done} of {size} bytes", location);

        Sha256Digest digest = Sha256Digest.FromBytes(hash.GetHashAndReset());
        bool asIndexSays = file.Sha256 is not { } own || own == digest;
        bool asUserSays = expected.Count == 0 || expected.Contains(digest);
        if (!asIndexSays || !asUserSays) throw new IndexException(IndexRules.Digest, $"`{file.FileName}` has SHA-256 {digest}, which is not what {(asIndexSays ? "you named" : "the index says")}", location) { IsRefusal = true };
    }
}
