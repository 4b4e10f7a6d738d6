using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Archives.Zip;

/// <summary>A stream over one member's content that knows whether its reader needed all of it and no more.</summary>
/// <remarks>
/// An inflater reads ahead and does not say where the deflate stream ended. The last byte is therefore handed out alone: an inflater that
/// has found its end before does not ask for it, and one that has not found it with that byte asks once more.
/// </remarks>
internal sealed class MemberBytes(SafeFileHandle file, long offset, long count) : Stream
{
    private long _position;
    private bool _wasAskedForMore;

    /// <summary>The reader, which stops by itself, took the last byte and was content with it.</summary>
    public bool IsExactlyUsedUp => _position == count && !_wasAskedForMore;

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
        if (buffer.IsEmpty) return 0;
        long left = count - _position;
        _wasAskedForMore |= left == 0;
        int most = (int)Math.Min(buffer.Length, left > 1 ? left - 1 : left);
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
