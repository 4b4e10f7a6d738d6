using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Wheels;

/// <summary>
/// Takes one file after another: hashes what is written to it and passes it on, so that no byte is read twice or kept unhashed. Small
/// pieces are gathered first, since inflating ends in many of them; most files then are one hash and one write.
/// </summary>
/// <param name="cancel">Heard at every piece that is passed on, so that one huge file can be stopped too.</param>
public sealed class MeasuringStream(CancellationToken cancel) : Stream
{
    private const int BufferSize = 128 << 10;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private SafeFileHandle? _file;
    private bool _isPythonScript;
    private bool _isNative;
    private int _gathered;
    private long _passedOn;

    // PyPA "Binary distribution format", "Recommended installer features"
    private static ReadOnlySpan<byte> PythonShebang => "#!python"u8;

    /// <param name="file">Empty; null when the content is only measured. Stays the caller's.</param>
    public void Begin(SafeFileHandle? file) => (_file, _isPythonScript, _isNative, _gathered, _passedOn) = (file, false, false, 0, 0);

    public MeasuredContent End()
    {
        PassOn();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        return new(Sha256Digest.FromBytes(digest), _passedOn, _isPythonScript, _isNative);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int fits = Math.Min(buffer.Length, BufferSize - _gathered);
            buffer[..fits].CopyTo(_buffer.AsSpan(_gathered));
            _gathered += fits;
            buffer = buffer[fits..];
            if (_gathered == BufferSize) PassOn();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        base.Dispose(disposing);
    }

    private void PassOn()
    {
        cancel.ThrowIfCancellationRequested();
        if (_gathered == 0) return;
        var gathered = _buffer.AsSpan(0, _gathered);
        if (_passedOn == 0)
            (_isPythonScript, _isNative) = (gathered.StartsWith(PythonShebang), gathered.StartsWith(NativeLibraries.Magic));
        _hash.AppendData(gathered);
        if (_file is not null) RandomAccess.Write(_file, gathered, _passedOn);
        _passedOn += _gathered;
        _gathered = 0;
    }
}
