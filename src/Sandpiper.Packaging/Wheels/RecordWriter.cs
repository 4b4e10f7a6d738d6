using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Wheels;

/// <summary>Writes a RECORD (PyPA "Recording installed projects"): rows sorted by path, each ended by a line feed; UTF-8.</summary>
/// <remarks>An install writes one for every package, of every file: nothing is made of a row but its bytes.</remarks>
/// <param name="rows">About how many there will be.</param>
public sealed class RecordWriter(int rows = 16)
{
    private const int HashLength = 7 + Sha256Digest.RecordFormLength;       // "sha256=" and 43 characters
    private static readonly SearchValues<byte> MustBeQuoted = SearchValues.Create(",\"\r\n"u8);

    // Lent: megabytes in all of an install, of which each package needs a part for a moment.
    private Row[] _rows = ArrayPool<Row>.Shared.Rent(rows);
    private int _count, _length;

    /// <param name="path">As RECORD has it, not quoted.</param>
    /// <param name="digest">Null: it has none.</param>
    /// <param name="size">In bytes; null: left empty.</param>
    public void Add(string path, Sha256Digest? digest, long? size) => Add(Encoding.UTF8.GetBytes(path), digest, size);

    /// <inheritdoc cref="Add(string, Sha256Digest?, long?)"/>
    /// <param name="path">UTF-8, which stays as it is until all is written.</param>
    public void Add(ReadOnlyMemory<byte> path, Sha256Digest? digest, long? size) => Add(new Row(path, digest, null, size));

    /// <inheritdoc cref="Add(string, Sha256Digest?, long?)"/>
    /// <param name="hash">As it is written.</param>
    public void Add(string path, string hash, long? size) =>
        Add(new Row(Encoding.UTF8.GetBytes(path), null, Encoding.UTF8.GetBytes(hash), size));

    /// <summary>All of it; once.</summary>
    public byte[] Write()
    {
        var inOrder = _rows.AsSpan(0, _count);
        inOrder.Sort((a, b) => a.Path.Span.SequenceCompareTo(b.Path.Span));
        byte[] bytes = GC.AllocateUninitializedArray<byte>(_length);
        var text = new Text(bytes);
        foreach (ref readonly var row in inOrder)
        {
            text.PutField(row.Path.Span);
            text.Put(","u8);
            if (row.Digest is { } digest) text.Put(digest);
            else text.PutField(row.Hash);
            text.Put(","u8);
            if (row.Size is { } size) text.Put(size);
            text.Put("\n"u8);
        }
        ArrayPool<Row>.Shared.Return(_rows, clearArray: true);
        (_rows, _count) = ([], 0);
        return text.IsFull ? bytes : throw new InvalidOperationException("the rows are not as long as they were counted");
    }

    private void Add(in Row row)
    {
        if (_count == _rows.Length)
        {
            var more = ArrayPool<Row>.Shared.Rent(Math.Max(16, 2 * _count));
            _rows.AsSpan().CopyTo(more);
            ArrayPool<Row>.Shared.Return(_rows, clearArray: true);
            _rows = more;
        }
        _rows[_count++] = row;
        int hash = row.Digest is null ? FieldLength(row.Hash) : HashLength;
        _length = checked(_length + FieldLength(row.Path.Span) + hash + (row.Size is { } size ? DigitsOf(size) : 0) + ",,\n".Length);
    }

    private static int FieldLength(ReadOnlySpan<byte> field) =>
        field.ContainsAny(MustBeQuoted) ? field.Length + field.Count((byte)'"') + 2 : field.Length;

    private static int DigitsOf(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int written);
        return written;
    }

    private readonly record struct Row(ReadOnlyMemory<byte> Path, Sha256Digest? Digest, byte[]? Hash, long? Size);

    private ref struct Text(Span<byte> into)
    {
        private readonly Span<byte> _into = into;
        private int _end;

        public readonly bool IsFull => _end == _into.Length;

        public void Put(scoped ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_into[_end..]);
            _end += bytes.Length;
        }

        public void PutField(scoped ReadOnlySpan<byte> field)
        {
            if (!field.ContainsAny(MustBeQuoted))
            {
                Put(field);
                return;
            }
            Put("\""u8);
            foreach (byte one in field)
            {
                if (one == '"') Put("\""u8);
                Put([one]);
            }
            Put("\""u8);
        }

        public void Put(Sha256Digest digest)
        {
            Put("sha256="u8);
            digest.WriteRecordForm(_into.Slice(_end, Sha256Digest.RecordFormLength));
            _end += Sha256Digest.RecordFormLength;
        }

        public void Put(long number)
        {
            Utf8Formatter.TryFormat(number, _into[_end..], out int written);
            _end += written;
        }
    }
}
