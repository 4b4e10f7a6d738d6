using System.Text;
using CsCheck;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class NativeTextTests
{
    [Fact]
    public void Whatever_the_bytes_are_they_come_back()
    {
        // Few values, so that whole characters, halves of them and surrogates in three bytes come about.
        byte[] often = [0x41, 0x2f, 0x80, 0x9f, 0xb2, 0xbf, 0xc3, 0xe9, 0xed, 0xef, 0xf0, 0xff];
        Gen<byte> likely = Gen.OneOf([.. often.Select(Gen.Const)]);
        Gen.OneOf(likely, Gen.Byte).Array[0, 20].Sample(bytes => Assert.Equal(bytes, NativeText.Bytes(NativeText.Of(bytes))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("née")]
    [InlineData("\U0001f40d.py")]
    [InlineData("n\ufffde")]
    [InlineData("\U0001f480")]     // the second half of which is in the range that stands for bytes
    public void Text_is_what_it_is_everywhere(string text)
    {
        Assert.Equal(text, NativeText.Of(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(Encoding.UTF8.GetBytes(text), NativeText.Bytes(text));
        Assert.True(NativeText.IsText(text));
    }

    [Fact]
    public void A_byte_that_is_no_text_is_a_surrogate_by_itself_as_in_Python()
    {
        Assert.Equal("n\udce9e", NativeText.Of([0x6e, 0xe9, 0x65]));
        Assert.False(NativeText.IsText("n\udce9e"));
        Assert.False(NativeText.IsText("\U0001f480\udcff"));
        Assert.Equal("a\ufffdb"u8.ToArray(), NativeText.Bytes("a\ud800b"));
    }
}
