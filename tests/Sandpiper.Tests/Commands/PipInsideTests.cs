using Sandpiper.Commands;

namespace Sandpiper.Tests.Commands;

public sealed class PipInsideTests
{
    [Theory]
    [InlineData("install six", true, "pip changes nothing in here ·  sandpiper install --env work six")]
    [InlineData("install --user six", true, "pip changes nothing in here ·  sandpiper help install")]
    [InlineData("install six", false, null)]
    [InlineData("list", false, "this environment has no pip, and the system's knows none of its packages ·  sandpiper list --env work")]
    [InlineData("freeze --all", false,
        "this environment has no pip, and the system's knows none of its packages ·  sandpiper freeze --env work")]
    [InlineData("show six", true,
        "this environment has no pip, and the system's knows none of its packages ·  sandpiper show --env work six")]
    [InlineData("show", false, "this environment has no pip, and the system's knows none of its packages ·  sandpiper help show")]
    [InlineData("download six", true, null)]
    [InlineData("--version", false, null)]
    [InlineData("", false, null)]
    public void Who_asks_pip_is_told_what_does_it(string words, bool hasFailed, string? told)
    {
        string[] asked = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (string[] pip in (string[][])[["pip"], ["pip3"], ["python", "-m", "pip"]])
            Assert.Equal(told, PipInside.Meant([.. pip, .. asked], "work", hasFailed, hasPip: false));
        Assert.Null(PipInside.Meant(["black", .. asked], "work", hasFailed, hasPip: false));
    }

    [Fact]
    public void A_pip_of_the_environment_itself_tells_the_truth()
    {
        Assert.Null(PipInside.Meant(["pip", "list"], "shared", hasFailed: false, hasPip: true));
        Assert.NotNull(PipInside.Meant(["pip", "install", "six"], "shared", hasFailed: true, hasPip: true));
    }
}
