using System.Text;
using CsCheck;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Tests.Wheels;

namespace Sandpiper.Packaging.Tests.Metadata;

public sealed class HeaderFieldsTests
{
    [Theory]
    [InlineData("A: 1\nB:2\r\nC:  3 \rD:4", "a=1|b=2|c=3|d=4")]
    [InlineData("A: 1\n  2\n\t3\nB: 4\n", "a=1   2 \t3|b=4")]
    [InlineData("A: 1\n\nB: 2\n", "a=1")]
    [InlineData("A: 1\nno field\nB: 2\n", "a=1")]
    [InlineData("A: 1\nB : 2\nC: 3\n", "a=1")]
    [InlineData("A: 1\nÄ: 2\nC: 3\n", "a=1")]
    [InlineData(" x\n:y\n z\nFrom me\nA: 1\n", "a=1")]
    [InlineData("A:\nB: \n", "a=|b=")]
    [InlineData("A: é\n", "a=é")]
    [InlineData("A: b: c\n", "a=b: c")]
    [InlineData("", "")]
    public void Fields_are_those_that_Pythons_email_package_sees(string text, string fields) =>
        Assert.Equal(fields, string.Join('|', Read(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Bytes_that_are_no_text_spoil_their_own_field_only() =>
        Assert.Equal(["a=\ufffd", "b=2"], Read([(byte)'A', (byte)':', 0xff, (byte)'\n', (byte)'B', (byte)':', (byte)'2']));

    [Fact]
    public void Any_bytes_have_an_end() =>
        HostileBytes.Any("A: 1\n  2\r\nB: 3\n\nbody").Sample(bytes => Read(bytes).Count <= bytes.Length, iter: 5000);

    private static List<string> Read(byte[] bytes)
    {
        var read = new List<string>();
        var fields = new HeaderFields(bytes);
        while (fields.TryNext()) read.Add($"{fields.Name}={fields.Value}");
        return read;
    }
}
