using System.Security.Cryptography;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes;

/// <summary>Copies a file while hashing it, so that no byte is read twice or trusted unhashed.</summary>
/// <param name="file">What the index says of it.</param>
/// <param name="named">Digests one of which it must have, as the caller says; empty: the index's word alone.</param>
internal sealed class Download(IndexFile file, IReadOnlyCollection<Sha256Digest> named)
{
    private const long MaxBytes = 4L << 30;     // of a file whose size nobody promises
    private const int PieceBytes = 128 << 10;

    /// <summary>Before anything is asked for.</summary>
    /// <exception cref="IndexException">Nobody names a digest (P3), or the index's is none of those that the user named.</exception>
    public void MustBeExpected()
    {
        if (file.Sha256 is null && named.Count == 0)
            throw Refusal(IndexRules.NoDigest, $"neither the index nor you name a SHA-256 of `{file.FileName}`", file.Url);
        if (file.Sha256 is { } own && named.Count > 0 && !named.Contains(own))
            throw Refusal(
                IndexRules.Digest, $"the index offers `{file.FileName}` with SHA-256 {own}, which is none that you named", file.Url);
    }

    /// <param name="announced">The length that the server announces, or null.</param>
    /// <exception cref="IndexException">It would be too long.</exception>
    public void MustFit(long? announced, Uri location)
    {
        if (announced > Most) throw TooLong(location);
    }

    /// <summary>Reads pieces until there are none.</summary>
    /// <param name="readPiece">Fills what it is given, at least in part; 0 at the end.</param>
    /// <returns>The digest of what was copied.</returns>
    /// <exception cref="IndexException">Too long, too short, or other bytes than named.</exception>
    public async Task<Sha256Digest> CopyAsync(
        Func<Memory<byte>, Task<int>> readPiece, Stream destination, Uri location, IProgress<long>? bytesSoFar, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[PieceBytes];
        long done = 0;
        for (int read; (read = await readPiece(piece)) > 0; bytesSoFar?.Report(done))
        {
            done += read;
            if (done > Most) throw TooLong(location);
            hash.AppendData(piece, 0, read);
            await destination.WriteAsync(piece.AsMemory(0, read), cancel);
        }
        if (done < file.Size)
            throw Refusal(
                IndexRules.TooShort, $"`{file.FileName}` ended after {done} of the {file.Size} bytes that the index promises", location);

        Sha256Digest digest = Sha256Digest.FromBytes(hash.GetHashAndReset());
        if (file.Sha256 is { } own && own != digest)
            throw Refusal(IndexRules.Digest, $"`{file.FileName}` has SHA-256 {digest}, and the index says {own}", location);
        if (named.Count > 0 && !named.Contains(digest))
            throw Refusal(IndexRules.Digest, $"`{file.FileName}` has SHA-256 {digest}, which is none that you named", location);
        return digest;
    }

    private long Most => file.Size ?? MaxBytes;

    /// <summary>The refusal of METADATA that is not what the index names.</summary>
    public static IndexException OtherMetadata(IndexFile wheel, Uri location) =>
        Refusal(IndexRules.Digest, $"METADATA of `{wheel.FileName}` has another SHA-256 than the index says", location);

    private IndexException TooLong(Uri location)
    {
        string most = file.Size is null ? $"{Most} bytes" : $"the {Most} bytes that the index promises";
        return Refusal(IndexRules.TooLong, $"`{file.FileName}` has more than {most}", location);
    }

    private static IndexException Refusal(string rule, string because, Uri location) => new(rule, because, location) { IsRefusal = true };
}
