using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Store;

/// <summary>Takes one file after another: hashes what is written to it and passes it on, so that no byte is read twice or kept unhashed.</summary>
internal sealed class MeasuringStream : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _head = new byte[PythonShebang.Length];
    private SafeFileHandle? _file;
    private long _size;

    private static ReadOnlySpan<byte> PythonShebang => "#!python"u8;    // PyPA "Binary distribution format", "Recommended installer features"

    /// <param name="file">Empty; null when the content is only measured. Stays the caller's.</param>
    public void Begin(SafeFileHandle? file) => (_file, _size) = (file, 0);

    public MeasuredContent End()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        return new(Sha256Digest.FromBytes(digest), _size, _size >= _head.Length && PythonShebang.SequenceEqual(_head));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_size < _head.Length) buffer[..Math.Min(buffer.Length, _head.Length - (int)_size)].CopyTo(_head.AsSpan((int)_size));
        _hash.AppendData(buffer);
        if (_file is not null) RandomAccess.Write(_file, buffer, _size);
        _size += buffer.Length;
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
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
