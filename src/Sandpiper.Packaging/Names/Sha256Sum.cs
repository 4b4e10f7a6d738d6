using ManagedSha256 = Org.BouncyCastle.Crypto.Digests.Sha256Digest;

namespace Sandpiper.Packaging.Names;

/// <summary>SHA-256 of what comes in pieces, without OpenSSL (<see cref="OpenSsl"/>): for a little, or a little more each time.</summary>
public sealed class Sha256Sum
{
    private readonly ManagedSha256 _state = new();

    public void Append(ReadOnlySpan<byte> piece) => _state.BlockUpdate(piece);

    /// <summary>Of all that came so far; more may come.</summary>
    public Sha256Digest Current()
    {
        Span<byte> digest = stackalloc byte[Sha256Digest.Size];
        new ManagedSha256(_state).DoFinal(digest);
        return Sha256Digest.FromBytes(digest);
    }
}
