using System.Text;
using CsCheck;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Packaging.Tests.Wheels;

public sealed class WheelInfoTests
{
    private const string Usual =
        "Wheel-Version: 1.0\nGenerator: setuptools (84.2.1)\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n\n";

    [Fact]
    public void The_usual_file_says_version_root_generator_and_tags()
    {
        Assert.True(WheelInfo.TryParse(Bytes(Usual), out var info, out _));
        Assert.Equal((1, 0, true, "setuptools (84.2.1)"), (info.MajorVersion, info.MinorVersion, info.RootIsPurelib, info.Generator));
        Assert.Equal(["py2-none-any", "py3-none-any"], info.Tags);
    }

    [Theory]
    [InlineData("Wheel-Version: 2.0\r\nroot-is-purelib: FALSE\r\n", 2, false)]
    [InlineData("wheel-version: 1.9\n", 1, false)]
    [InlineData("WHEEL-VERSION: 1.0\nRoot-Is-Purelib:   True  \n", 1, true)]
    public void Names_and_truth_are_the_same_in_any_case(string text, int major, bool isPurelib)
    {
        Assert.True(WheelInfo.TryParse(Bytes(text), out var info, out _));
        Assert.Equal((major, isPurelib), (info.MajorVersion, info.RootIsPurelib));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Root-Is-Purelib: true\n")]
    [InlineData("Wheel-Version: 1\n")]
    [InlineData("Wheel-Version: 1.0.0\n")]
    [InlineData("Wheel-Version: one\n")]
    [InlineData("Wheel-Version: 99999999999.0\n")]
    [InlineData("Wheel-Version: 1.0\nRoot-Is-Purelib: yes\n")]
    [InlineData("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nRoot-Is-Purelib: false\n")]
    [InlineData("Wheel-Version: 1.0\nWheel-Version: 2.0\n")]
    [InlineData("\nWheel-Version: 1.0\n")]
    public void A_file_that_leaves_it_open_is_refused(string text)
    {
        Assert.False(WheelInfo.TryParse(Bytes(text), out _, out string problem));
        Assert.NotEqual("", problem);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() => HostileBytes.Any(Usual).Sample(bytes =>
        WheelInfo.TryParse(bytes, out var info, out string problem)
            ? info.MajorVersion >= 0 && problem == "" : problem.Length > 0, iter: 5000);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
