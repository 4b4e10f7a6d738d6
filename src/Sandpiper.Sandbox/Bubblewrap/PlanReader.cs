using System.Buffers;
using System.Buffers.Binary;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>Numbers and texts as <see cref="PlanReader"/> takes them.</summary>
internal sealed class PlanWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    public byte[] ToBytes() => _bytes.WrittenSpan.ToArray();

    public void Write(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    public void Write(ReadOnlySpan<byte> content)
    {
        Write(content.Length);
        _bytes.Write(content);
    }

    public void Write(string text) => Write(NativeText.Bytes(text));
}

/// <summary>Reads what was written in that order, and not beyond its end.</summary>
/// <remarks>The base library's costs a start four times as much: each of its parts is read from the disk for the first time.</remarks>
/// <exception cref="FormatException">Each of them: it is cut off, or was not written so.</exception>
internal ref struct PlanReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly bool IsAtEnd => _left.IsEmpty;

    public byte ReadByte() => Take(1)[0];

    public bool ReadBoolean() => ReadByte() switch { 0 => false, 1 => true, _ => throw new FormatException() };

    public long ReadNumber() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ReadOnlySpan<byte> ReadContent() => Take(ReadNumber());

    public string ReadText() => NativeText.Of(ReadContent());

    public string ReadPath() => ReadText() is ['/', ..] path ? path : throw new FormatException();

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > _left.Length) throw new FormatException();
        ReadOnlySpan<byte> taken = _left[..(int)count];
        _left = _left[(int)count..];
        return taken;
    }
}
