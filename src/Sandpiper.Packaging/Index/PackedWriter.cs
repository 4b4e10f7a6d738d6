using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Index;

/// <summary>Puts values behind each other as <see cref="PackedReader"/> takes them.</summary>
internal sealed class PackedWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public int Length => _bytes.WrittenCount;

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Put(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    public void PutNumber(ulong number)
    {
        for (; number >= 0x80; number >>= 7) Put((byte)(0x80 | (number & 0x7F)));
        Put((byte)number);
    }

    public void PutText(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        PutNumber((ulong)length);
        Encoding.UTF8.GetBytes(text, _bytes.GetSpan(length));
        _bytes.Advance(length);
    }

    public void PutDigest(Sha256Digest digest)
    {
        digest.CopyTo(_bytes.GetSpan(32)[..32]);
        _bytes.Advance(32);
    }

    public void PutFixed(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
    }

    public void PutAll(ReadOnlyMemory<byte> bytes) => _bytes.Write(bytes.Span);
}
