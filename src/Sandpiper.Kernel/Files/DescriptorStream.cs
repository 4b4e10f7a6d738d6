using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>A descriptor to write to, whatever is behind it and whoever shares it.</summary>
/// <remarks>
/// Not the stream of the base library for standard output: with its first byte that one puts a terminal's keys into another mode
/// (<c>smkx</c>), and leaves them there.
/// </remarks>
/// <param name="name">What a person calls it.</param>
public sealed class DescriptorStream(SafeFileHandle file, string name) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="KernelException">Not all of it could be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!Descriptor.WriteAll(file, buffer)) throw new KernelException("write", Marshal.GetLastPInvokeError(), name);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
