using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Archives.Zip;

/// <summary>A stream over one member's content that knows whether its reader needed all of it.</summary>
/// <remarks>
/// An inflater reads ahead and does not say where the deflate stream ended. The last bytes are therefore handed out one by one: an inflater
/// that has its end stops asking, and what is left then is content that only some readers would see.
/// </remarks>
internal sealed class MemberBytes(SafeFileHandle file, long offset, long count) : Stream
{
    private const int Trickle = 64;
    private long _position;

    /// <summary>Every byte was asked for.</summary>
    public bool IsUsedUp => _position == count;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => count;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        long left = count - _position;
        long wanted = left > Trickle ? left - Trickle : Math.Min(left, 1);
        int most = (int)Math.Min(buffer.Length, wanted);
        if (most == 0) return 0;
        int read = RandomAccess.Read(file, buffer[..most], offset + _position);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
