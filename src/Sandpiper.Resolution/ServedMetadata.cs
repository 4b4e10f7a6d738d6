using System.Buffers;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution;

/// <summary>
/// METADATA of one wheel, the bytes as served. Its memory may be lent, for a search may look at three thousand: who asked for it disposes
/// of it, and keeps nothing of it.
/// </summary>
public sealed class ServedMetadata : IDisposable
{
    private readonly ReadOnlyMemory<byte> _content;
    private byte[]? _lent;
    private bool _isGivenBack;

    private ServedMetadata(ReadOnlyMemory<byte> content, byte[]? lent, Sha256Digest digest) =>
        (_content, _lent, Digest) = (content, lent, digest);

    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    public ReadOnlySpan<byte> Content
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isGivenBack, this);
            return _content.Span;
        }
    }

    /// <summary>Of the content.</summary>
    public Sha256Digest Digest { get; }

    public static ServedMetadata Of(ReadOnlyMemory<byte> content) => new(content, lent: null, Sha256Digest.Of(content.Span));

    /// <param name="rented">From <see cref="ArrayPool{T}.Shared"/>, and given back there.</param>
    /// <param name="length">Of the content, which it begins with.</param>
    public static ServedMetadata Lent(byte[] rented, int length) =>
        new(rented.AsMemory(0, length), rented, Sha256Digest.Of(rented.AsSpan(0, length)));

    public void Dispose()
    {
        _isGivenBack = true;
        if (Interlocked.Exchange(ref _lent, null) is { } rented) ArrayPool<byte>.Shared.Return(rented);
    }
}
