using System.Buffers.Binary;
using System.Text;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Index;

/// <summary>
/// Takes values out of bytes that <see cref="PackedWriter"/> may have written, and anybody may have changed: what does not fit is
/// <see cref="IsDamaged"/>, and from then on everything is empty. Nothing is read beyond the end, nothing allocated that is not there.
/// </summary>
internal ref struct PackedReader(ReadOnlySpan<byte> bytes, int position = 0)
{
    private const int BitsOfByte = 7;   // in a number; the eighth says that there is more
    private const int MaxShift = 63;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Of the next byte.</summary>
    public int Position { get; private set; } = position;

    public bool IsDamaged { get; private set; } = position < 0 || position > bytes.Length;

    public readonly bool IsAtEnd => Position == _bytes.Length;

    public void SetDamaged() => IsDamaged = true;

    public byte TakeByte() => Take(1) is [var value] ? value : (byte)0;

    public ulong TakeNumber()
    {
        ulong number = 0;
        for (int shift = 0; shift <= MaxShift; shift += BitsOfByte)
        {
            ulong piece = TakeByte();
            if (IsDamaged) return 0;
            number |= (piece & 0x7F) << shift;
            if (piece < 0x80) return number;
        }
        SetDamaged();
        return 0;
    }

    /// <summary>A number that counts something, each of which takes at least a byte.</summary>
    public int TakeCount(int most)
    {
        ulong count = TakeNumber();
        if (count <= (ulong)Math.Min(most, _bytes.Length)) return (int)count;
        SetDamaged();
        return 0;
    }

    public string TakeText() => Encoding.UTF8.GetString(TakeTextBytes());

    public ReadOnlySpan<byte> TakeTextBytes() => Take(TakeCount(int.MaxValue));

    public Sha256Digest TakeDigest() =>
        Take(Sha256Digest.Size) is { Length: Sha256Digest.Size } digest ? Sha256Digest.FromBytes(digest) : default;

    public void Skip(int count) => _ = Take(count);

    public uint TakeFixed() => Take(4) is { Length: 4 } value ? BinaryPrimitives.ReadUInt32LittleEndian(value) : 0;

    private ReadOnlySpan<byte> Take(int count)
    {
        if (IsDamaged || count > _bytes.Length - Position)
        {
            SetDamaged();
            return [];
        }
        Position += count;
        return _bytes.Slice(Position - count, count);
    }
}
