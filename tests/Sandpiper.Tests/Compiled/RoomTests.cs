using Sandpiper.Tests.Compiled.Near;

namespace Sandpiper.Tests.Compiled;

/// <summary>The other architecture tests rest on this reader: it must see a name wherever a program can have one.</summary>
public sealed class RoomTests
{
    private const string Needle = "Sandpiper.Tests.Compiled.Far.Needle";

    private static readonly Room OfTheseTests = Room.Of("Sandpiper.Tests");

    [Theory]
    [InlineData(nameof(Derived))]
    [InlineData(nameof(Holder))]
    [InlineData(nameof(Taker))]
    [InlineData(nameof(Maker))]
    [InlineData(nameof(Asker))]
    [InlineData(nameof(Lister))]
    [InlineData(nameof(Catcher))]
    [InlineData(nameof(Bounded<>))]
    [InlineData(nameof(Marked))]
    [InlineData(nameof(Waiter))]
    [InlineData(nameof(Outer))]
    public void A_name_is_found_wherever_it_stands(string type) => Assert.Contains(Needle, TypeCalled(type).Needs);

    [Fact]
    public void Who_names_nobody_needs_nobody() => Assert.DoesNotContain(Needle, TypeCalled(nameof(Stranger)).Needs);

    [Fact]
    public void A_circle_of_folders_is_found_and_told()
    {
        string circle = new Arrows([OfTheseTests]).CircleThrough("Sandpiper.Tests.Compiled.Near");
        Assert.Contains("Needle in Sandpiper.Tests.Compiled.Far needs Stranger in Sandpiper.Tests.Compiled.Near", circle,
            StringComparison.Ordinal);
        Assert.Equal(2, circle.Split('\n').Length);
    }

    private static CompiledType TypeCalled(string name) =>
        OfTheseTests.Types.Single(t => t.Namespace is "Sandpiper.Tests.Compiled.Near" && t.Name.Split('`')[0] == name);
}
