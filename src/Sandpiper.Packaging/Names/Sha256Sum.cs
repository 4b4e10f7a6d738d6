using ManagedSha256 = Org.BouncyCastle.Crypto.Digests.Sha256Digest;

namespace Sandpiper.Packaging.Names;

/// <summary>SHA-256 of what comes in pieces, without OpenSSL (<see cref="OpenSsl"/>): for a little, or a little more each time.</summary>
public sealed class Sha256Sum
{
    private readonly ManagedSha256 _state = new();

    [ThreadStatic]
    private static ManagedSha256? _again;       // hundreds of small files a command

    internal static Sha256Digest Of(ReadOnlySpan<byte> content)
    {
        ManagedSha256 state = _again ??= new();
        state.BlockUpdate(content);
        Span<byte> digest = stackalloc byte[Sha256Digest.Size];
        state.DoFinal(digest);      // and it is as it was made
        return Sha256Digest.FromBytes(digest);
    }

    public void Append(ReadOnlySpan<byte> piece) => _state.BlockUpdate(piece);

    /// <summary>Of all that came so far; more may come.</summary>
    public Sha256Digest Current()
    {
        Span<byte> digest = stackalloc byte[Sha256Digest.Size];
        new ManagedSha256(_state).DoFinal(digest);
        return Sha256Digest.FromBytes(digest);
    }
}
