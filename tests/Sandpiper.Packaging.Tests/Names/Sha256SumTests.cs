using System.Security.Cryptography;
using CsCheck;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Tests.Names;

public sealed class Sha256SumTests
{
    // Little is hashed by one code, much by another: nothing may show which it was.
    [Fact]
    public void InWhateverPiecesItComesItIsTheDigestThatOpenSslGives() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 300]).Sample((content, cut) =>
        {
            cut = Math.Min(cut, content.Length);
            var sum = new Sha256Sum();
            sum.Append(content.AsSpan(0, cut));
            var first = sum.Current();
            sum.Append(content.AsSpan(cut));
            return first == OfOpenSsl(content.AsSpan(0, cut)) && sum.Current() == OfOpenSsl(content);
        });

    // A length at each place of a block and around it: where padding takes one block more.
    [Fact]
    public void EveryLengthAroundABlockIsRight()
    {
        byte[] content = [.. Enumerable.Range(0, 260).Select(i => unchecked((byte)(i * 7)))];
        for (int length = 0; length <= content.Length; length++)
        {
            var sum = new Sha256Sum();
            sum.Append(content.AsSpan(0, length));
            Assert.Equal(OfOpenSsl(content.AsSpan(0, length)), sum.Current());
        }
    }

    // Nothing tells when it is there: of one length that never waits for it, and of one that does.
    [Theory]
    [InlineData(OpenSsl.Loading / 3)]
    [InlineData(OpenSsl.Loading)]
    public void ADigestIsTheSameBeforeAndAfterOpenSslIsLoaded(int length)
    {
        byte[] content = [.. Enumerable.Range(0, length).Select(i => unchecked((byte)(i * 31)))];
        for (int i = 0; i < 8; i++) Assert.Equal(OfOpenSsl(content), Sha256Digest.Of(content));
    }

    private static Sha256Digest OfOpenSsl(ReadOnlySpan<byte> content) => Sha256Digest.FromBytes(SHA256.HashData(content));
}
