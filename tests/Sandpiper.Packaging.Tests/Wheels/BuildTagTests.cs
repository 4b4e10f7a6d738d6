using CsCheck;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Packaging.Tests.Wheels;

public sealed class BuildTagTests
{
    private static readonly Gen<BuildTag> AnyTag = Gen.OneOf(
        Gen.Const(default(BuildTag)),
        Gen.Select(Gen.Long[0, 3], Gen.OneOf("", "a", "b", "1a"), (number, rest) => new BuildTag(number, rest)));

    [Fact]
    public void Without_a_build_tag_a_wheel_is_the_lowest()
    {
        string[] texts = ["10", "9b", "9a", "9", "0"];
        BuildTag[] tags = [.. texts.Select(text => BuildTag.TryParse(text, out var tag) ? tag : default), default];
        Assert.Equal(tags.Reverse(), tags.Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("1 ")]
    [InlineData("1-2")]
    [InlineData("٣")]
    [InlineData("1234567890123456789")]
    public void A_build_tag_begins_with_digits(string text) => Assert.False(BuildTag.TryParse(text, out _));

    [Fact]
    public void Order_is_antisymmetric_and_agrees_with_equality() => AnyTag.Select(AnyTag).Sample((a, b) =>
        Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a)) && a.Equals(b) == (a.CompareTo(b) == 0));
}
