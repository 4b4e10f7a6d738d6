using CsCheck;
using Sandpiper.Auditing.ByteCode;

namespace Sandpiper.Auditing.Tests.ByteCode;

/// <summary>What the first sixteen bytes of a <c>.pyc</c> say (PEP 552).</summary>
public sealed class ByteCodeHeaderTests
{
    // Appendix A of the paper: key 00 01 … 0f, input 00 01 … 0e.
    [Fact]
    public void SipHash_is_that_of_its_paper() => Assert.Equal(0xa129ca6149be45e5,
        SipHash.Of([.. Enumerable.Range(0, 15).Select(i => (byte)i)], 0x0706050403020100, 0x0f0e0d0c0b0a0908, 2, 4));

    // CPython 3.11: importlib.util.source_hash(b"x = 1\n").
    [Fact]
    public void The_hash_of_a_source_is_the_one_that_Python_gives()
    {
        Assert.True(ByteCodeHeader.TryRead(
            [0xa7, 0x0d, 0x0d, 0x0a, 1, 0, 0, 0, 0x4c, 0x03, 0x72, 0xaa, 0x93, 0xf7, 0x52, 0x52], out var header));
        Assert.True(header.HasHash);
        Assert.False(header.IsChecked);
        Assert.True(header.Fits("x = 1\n"u8));
        Assert.False(header.Fits("x = 2\n"u8));
    }

    [Fact]
    public void Whatever_the_bytes_are_it_is_a_header_or_none() => Gen.Byte.Array[0, 40].Sample(bytes =>
        ByteCodeHeader.TryRead(bytes, out var header) == header is not null && (header is null || bytes.Length >= ByteCodeHeader.Size));

    [Theory]
    [InlineData("a/__pycache__/b.cpython-311.pyc", "a/b.py")]
    [InlineData("__pycache__/b.cpython-311.opt-1.pyc", "b.py")]
    [InlineData("__pycache__/test_b.cpython-311-pytest-8.3.2.pyc", "test_b.py")]
    [InlineData("__pycache__/b.c.cpython-311.pyc", "b.c.py")]
    [InlineData("__pycache__/b.pypy310.pyc", "b.py")]
    [InlineData("a/b.pyc", "a/b.py")]
    [InlineData("__pycache__/x/b.cpython-311.pyc", null)]
    public void The_source_of_byte_code_is_known_by_its_name(string path, string? source) =>
        Assert.Equal(source, CachedModule.SourceOf(path));
}
