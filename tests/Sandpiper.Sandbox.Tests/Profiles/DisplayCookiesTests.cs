using CsCheck;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Tests.Profiles;

/// <summary>The files that xauth(1) writes.</summary>
public sealed class DisplayCookiesTests
{
    private static byte[] Field(string content) => [0, (byte)content.Length, .. content.Select(c => (byte)c)];

    private static byte[] Record(ushort family, string address, string display, string value) =>
        [(byte)(family / 256), (byte)(family % 256), .. Field(address), .. Field(display), .. Field("MIT-MAGIC-COOKIE-1"), .. Field(value)];

    [Fact]
    public void Of_all_displays_the_one_is_given_and_holds_whatever_the_host_is_called()
    {
        byte[] file = [.. Record(256, "desk", "0", "mine"), .. Record(256, "desk", "1", "other"),
            .. Record(0, "\u0001\u0002", "0", "far")];
        Assert.Equal(Record(65535, "", "0", "mine"), DisplayCookies.ForEveryHost(file, 0));
        Assert.Null(DisplayCookies.ForEveryHost(file, 7));
    }

    [Fact]
    public void Half_a_record_is_no_record()
    {
        byte[] file = Record(256, "desk", "0", "mine");
        for (int length = 1; length < file.Length; length++) Assert.Null(DisplayCookies.ForEveryHost(file.AsSpan(0, length), 0));
    }

    [Fact]
    public void Whatever_is_read_is_whole_and_of_that_display() =>
        Gen.OneOf(Gen.Byte[0, 2], Gen.Const((byte)49), Gen.Const((byte)255)).Array[0, 60].Sample(
            file => DisplayCookies.ForEveryHost(file, 1) is not { } read
                || (DisplayCookies.ForEveryHost(read, 1) is { } again && again.AsSpan().SequenceEqual(read)), iter: 20_000);
}
