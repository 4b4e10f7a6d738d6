using CsCheck;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Tests.Names;

public sealed class Sha256DigestTests
{
    private const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly Gen<Sha256Digest> Digest = Gen.Byte.Array[32].Select(bytes => Sha256Digest.FromBytes(bytes));

    [Fact]
    public void Nothing_hashes_to_the_published_value()
    {
        var digest = Sha256Digest.Of([]);
        Assert.Equal(Empty, digest.Hex);
        Assert.Equal("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", digest.ToRecordForm());
    }

    [Fact]
    public void Every_form_reads_back() => Digest.Sample(digest =>
        Sha256Digest.TryParseHex(digest.Hex.ToUpperInvariant(), out var fromHex) && fromHex == digest
        && Sha256Digest.TryParseRecordForm(digest.ToRecordForm(), out var fromRecord) && fromRecord == digest
        && Sha256Digest.TryParseRecordForm(digest.ToRecordForm() + "=", out var padded) && padded == digest
        && digest.GetHashCode() == fromHex.GetHashCode());

    [Fact]
    public void Order_is_that_of_the_digits() => Gen.Select(Digest, Digest).Sample((a, b) =>
        Math.Sign(a.CompareTo(b)) == Math.Sign(string.CompareOrdinal(a.Hex, b.Hex)) && a.Equals(b) == (a.CompareTo(b) == 0));

    [Fact]
    public void One_bit_anywhere_makes_another_digest()
    {
        byte[] bytes = new byte[32];
        var zero = Sha256Digest.FromBytes(bytes);
        for (int bit = 0; bit < 256; bit++)
        {
            bytes[bit / 8] = (byte)(1 << bit % 8);
            var other = Sha256Digest.FromBytes(bytes);
            Assert.True(zero != other && !zero.Equals(other) && zero.CompareTo(other) < 0, $"bit {bit}");
            bytes[bit / 8] = 0;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("e3b0")]
    [InlineData(Empty + "0")]
    [InlineData("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(" 3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Anything_but_64_hexadecimal_digits_is_refused(string text) => Assert.False(Sha256Digest.TryParseHex(text, out _));

    [Theory]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU==")]
    [InlineData("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")]       // the other alphabet
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV")]       // two loose bits set: a second spelling of the same bytes
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSu U")]
    public void Anything_but_canonical_record_form_is_refused(string text) => Assert.False(Sha256Digest.TryParseRecordForm(text, out _));

    [Fact]
    public void Only_32_bytes_make_a_digest() => Assert.Throws<ArgumentException>(() => Sha256Digest.FromBytes(new byte[31]));

    [Fact]
    public void Any_text_is_read_or_refused_and_never_throws() => Gen.String.Sample(text =>
        (!Sha256Digest.TryParseHex(text, out var hex) || hex.Hex.Length == text.Length)
        & (!Sha256Digest.TryParseRecordForm(text, out var record) || text.StartsWith(record.ToRecordForm(), StringComparison.Ordinal)));
}
