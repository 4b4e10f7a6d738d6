using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Tests.Requirements;

public sealed class RequirementPoolTests
{
    [Theory]
    [InlineData("gravel>=1.0; extra == 'x'")]
    [InlineData("gravel (>=3.5.*)")]
    public void The_same_text_is_the_same_object_and_what_was_mended_is_told_again(string text)
    {
        var pool = new RequirementPool();
        Assert.True(Requirement.TryParseRepaired(text, out var alone, out var repairs, out _));
        Assert.True(pool.TryParseRepaired(text, out var first, out var firstRepairs, out _));
        Assert.True(pool.TryParseRepaired(text, out var second, out var secondRepairs, out _));
        Assert.Equal(alone, first);
        Assert.Same(first, second);
        Assert.Equal(repairs, firstRepairs);
        Assert.Equal(repairs, secondRepairs);
    }

    [Theory]
    [InlineData(">=3.8, <4")]
    [InlineData(">=3.5.*")]
    public void The_same_interpreters_are_the_same_object_too(string text)
    {
        var pool = new RequirementPool();
        Assert.True(SpecifierSet.TryParseRepaired(text, out var alone, out var repairs, out _));
        Assert.True(pool.TryParsePythonRepaired(text, out var first, out var firstRepairs, out _));
        Assert.True(pool.TryParsePythonRepaired(text, out var second, out var secondRepairs, out _));
        Assert.Equal(alone, first);
        Assert.Same(first, second);
        Assert.Equal(repairs, firstRepairs);
        Assert.Equal(repairs, secondRepairs);
        Assert.False(pool.TryParsePythonRepaired(">=", out _, out _, out _));
    }

    [Fact]
    public void What_is_none_is_none_each_time_it_is_asked()
    {
        var pool = new RequirementPool();
        for (int round = 0; round < 2; round++)
        {
            Assert.False(pool.TryParseRepaired("gravel >=", out _, out _, out var problem));
            Assert.NotEqual(default, problem);
        }
    }
}
