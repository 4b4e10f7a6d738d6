using System.Text;
using CsCheck;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Packaging.Tests.Wheels;

public sealed class RecordFileTests
{
    private const string Hash = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    private static readonly Sha256Digest OfNothing = Sha256Digest.Of([]);

    private static readonly Gen<RecordRow> AnyRow = Gen.Select(
        Gen.Char[" !\"#',-./09AZ\\_az~é漢"].Array[1, 12], Gen.Byte.Array[32], Gen.Long[0, 999_999_999_999_999_999], Gen.Int[0, 3],
        (path, digest, size, kind) => new RecordRow(
            new string(path), (kind & 1) != 0 ? Sha256Digest.FromBytes(digest) : null, (kind & 2) != 0 ? size : null));

    [Fact]
    public void A_row_names_a_file_its_hash_and_its_size()
    {
        Assert.True(RecordFile.TryParse(
            Bytes($"a/b.py,{Hash},0\r\n\"a, \"\"b\"\".py\",{Hash},12\na-1.dist-info/RECORD,,"), out var rows, out _));
        Assert.Equal(
            [
                new RecordRow("a/b.py", OfNothing, 0), new RecordRow("a, \"b\".py", OfNothing, 12),
                new RecordRow("a-1.dist-info/RECORD", null, null),
            ], rows);
    }

    [Theory]
    [InlineData("a.py", "row 1 of RECORD does not have three fields")]
    [InlineData("a.py,", "row 1 of RECORD does not have three fields")]
    [InlineData("a.py,,,", "row 1 of RECORD does not have three fields")]
    [InlineData("a.py,,\n\nb.py,,", "row 2 of RECORD does not have three fields")]
    [InlineData("a.py,,\rb.py,,", "row 1 of RECORD does not have three fields")]
    [InlineData("\"a.py,,", "row 1 of RECORD does not have three fields")]
    [InlineData("\"a\".py,,", "row 1 of RECORD does not have three fields")]
    [InlineData("a\".py,,", "row 1 of RECORD does not have three fields")]
    [InlineData(",,", "row 1 of RECORD has no usable path")]
    [InlineData("\"a\n.py\",,", "row 1 of RECORD has no usable path")]
    [InlineData("a\0.py,,", "row 1 of RECORD has no usable path")]
    [InlineData("a.py,,-1", "row 1 of RECORD has a size that is not a number")]
    [InlineData("a.py,, 1", "row 1 of RECORD has a size that is not a number")]
    [InlineData("a.py,,9999999999999999999", "row 1 of RECORD has a size that is not a number")]
    [InlineData("a.py,,\na.py,,1", "RECORD lists a.py twice")]
    [InlineData("a.py,,\n\"a.py\",md5=1,", "RECORD lists a.py twice")]
    public void What_two_readers_could_read_differently_is_refused(string text, string because)
    {
        Assert.False(RecordFile.TryParse(Bytes(text), out var rows, out string problem));
        Assert.Equal(because, problem);
        Assert.Empty(rows);
    }

    [Theory]
    [InlineData("md5=1B2M2Y8AsgTpgAmY7PhCfg")]
    [InlineData("SHA256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")]
    [InlineData("sha256=47DEQpj8")]
    [InlineData("sha256= 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")]
    public void A_hash_that_is_no_SHA_256_is_kept_as_written_and_vouches_for_nothing(string hash)
    {
        Assert.True(RecordFile.TryParse(Bytes($"a.py,{hash},0"), out var rows, out _));
        Assert.Equal([new RecordRow("a.py", null, 0) { OtherHash = hash }], rows);
    }

    [Theory]
    [InlineData("sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("sha256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")]
    [InlineData("sha256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void A_hash_in_another_spelling_that_can_be_nothing_else_is_read(string hash)
    {
        Assert.True(RecordFile.TryParse(Bytes($"a.py,{hash},0"), out var rows, out _));
        Assert.Equal([new RecordRow("a.py", OfNothing, 0)], rows);
    }

    [Fact]
    public void A_row_that_stands_there_twice_says_one_thing()
    {
        Assert.True(RecordFile.TryParse(Bytes($"a.py,{Hash},0\nb.py,,\n\"a.py\",{Hash},0\n"), out var rows, out _));
        Assert.Equal(["a.py", "b.py"], rows.Select(r => r.Path));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        Assert.False(RecordFile.TryParse([(byte)'a', 0xff, (byte)',', (byte)','], out _, out string problem));
        Assert.Equal("RECORD is not UTF-8", problem);
    }

    [Fact]
    public void One_row_too_many_is_refused()
    {
        var text = new StringBuilder();
        for (int i = 0; i < RecordFile.MaxRows; i++) text.Append(i).Append(",,\n");
        Assert.True(RecordFile.TryParse(Bytes(text.ToString()), out var rows, out _));
        Assert.Equal(RecordFile.MaxRows, rows.Length);
        Assert.False(RecordFile.TryParse(Bytes(text.Append("a,,\n").ToString()), out _, out _));
    }

    [Fact]
    public void What_is_written_is_sorted_and_reads_back() => AnyRow.Array[0, 20].Sample(rows =>
    {
        var unique = rows.DistinctBy(row => row.Path).ToList();
        Assert.True(RecordFile.TryParse(RecordFile.Write(unique), out var read, out string problem), problem);
        Assert.Equal(unique.OrderBy(row => row.Path, StringComparer.Ordinal), read);
    }, iter: 2000);

    [Fact]
    public void A_row_is_quoted_only_where_it_must_be() =>
        Assert.Equal(Bytes("\"a, \"\"b\"\".py\",,\nc d.py," + Hash + ",0\n"),
            RecordFile.Write([new("c d.py", OfNothing, 0), new("a, \"b\".py", null, null)]));

    [Fact]
    public void Any_bytes_are_read_or_refused_and_what_was_read_is_unambiguous() =>
        HostileBytes.Any($"a/b.py,{Hash},0\n\"a,\"\"b\"\".py\",{Hash},12\na-1.dist-info/RECORD,,\n").Sample(bytes =>
        {
            if (!RecordFile.TryParse(bytes, out var rows, out string problem)) return problem.Length > 0 && rows.IsEmpty;
            Assert.True(RecordFile.TryParse(RecordFile.Write(rows), out var again, out _));
            return again.SequenceEqual(rows.OrderBy(row => row.Path, StringComparer.Ordinal));
        }, iter: 10_000);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
