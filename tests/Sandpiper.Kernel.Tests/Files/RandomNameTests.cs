using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class RandomNameTests
{
    [Fact]
    public void NoTwoAreAlike()
    {
        string[] names = [.. Enumerable.Range(0, 2000).Select(_ => RandomName.OfBytes(8))];
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, name => Assert.Matches("^[0-9a-f]{16}$", name));
    }
}
