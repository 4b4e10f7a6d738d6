using System.Text;
using CsCheck;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Tests.Wheels;

namespace Sandpiper.Packaging.Tests.Tags;

public sealed class TagTests
{
    [Fact]
    public void A_compressed_set_is_the_product_of_its_parts_in_their_order()
    {
        Assert.True(Tag.TryParseSet("py2.py3-none-any.linux_x86_64", out var tags));
        Assert.Equal(["py2-none-any", "py2-none-linux_x86_64", "py3-none-any", "py3-none-linux_x86_64"],
            tags.Select(tag => tag.ToString()));
    }

    [Fact]
    public void Case_and_repetition_mean_nothing()
    {
        Assert.True(Tag.TryParseSet("CP311.cp311-ABI3-Any.any", out var tags));
        Assert.Equal([new Tag("cp311", "abi3", "any")], tags);
    }

    [Theory]
    [InlineData("")]
    [InlineData("py3-none")]
    [InlineData("py3-none-any-extra")]
    [InlineData("3-none-any")]
    [InlineData("py3-none-ány")]
    [InlineData("py3-none-any ")]
    [InlineData("py3-none-a/b")]
    public void What_is_no_three_words_is_no_tag(string text) => Assert.False(Tag.TryParseSet(text, out _));

    [Fact]
    public void A_set_that_would_expand_without_measure_is_refused()
    {
        string many = string.Join('.', Enumerable.Repeat("a", 100_000));
        Assert.False(Tag.TryParseSet($"{many}-{many}-{many}", out _));
        string some = string.Join('.', Enumerable.Range(0, 11).Select(i => $"a{i}"));
        Assert.False(Tag.TryParseSet($"{some}-{some}-{some}", out _));
        string few = string.Join('.', Enumerable.Range(0, 10).Select(i => $"a{i}"));
        Assert.True(Tag.TryParseSet($"{few}-{few}-{few}", out var tags));
        Assert.Equal(1000, tags.Length);
    }

    [Fact]
    public void Any_text_is_read_or_refused() => HostileBytes.Any(
        "py2.py3-none-any", "cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64").Sample(bytes =>
    {
        if (!Tag.TryParseSet(Encoding.Latin1.GetString(bytes), out var tags)) return tags.IsEmpty;
        return tags.Length > 0 && tags.All(tag => Tag.TryParseSet(tag.ToString(), out var again) && again.Single() == tag);
    }, iter: 3000);

    [Theory]
    [InlineData("test_empty_component_raises")]
    [InlineData("test_invalid_interpreter_raises")]
    [InlineData("test_invalid_component_count_raises")]
    public void What_packaging_refuses_is_refused(string test) =>
        Assert.All(Vectors.Of("packaging-tags.json", test), tag => Assert.False(Tag.TryParseSet(tag.GetString(), out _), tag.GetString()));

    [Fact]
    public void An_interpreter_may_be_any_identifier() =>
        Assert.All(Vectors.Of("packaging-tags.json", "test_identifier_interpreter_is_valid"), interpreter =>
        {
            Assert.True(Tag.TryParseSet($"{interpreter}-none-any", out var tags));
            Assert.Equal([new Tag(interpreter.GetString()!, "none", "any")], tags);
        });
}
