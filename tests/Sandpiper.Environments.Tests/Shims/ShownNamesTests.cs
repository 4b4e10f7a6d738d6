using Sandpiper.Environments.Shims;

namespace Sandpiper.Environments.Tests.Shims;

public sealed class ShownNamesTests
{
    [Theory]
    [InlineData(1, "c0")]
    [InlineData(10, "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9")]
    [InlineData(11, "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 1 more")]
    [InlineData(3010, "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 3,000 more")]
    public void Ten_are_told_and_how_many_more_there_are(int count, string said) =>
        Assert.Equal(said, ShownNames.Of([.. Enumerable.Range(0, count).Select(i => $"c{i}")]));
}
