using Sandpiper.Commands;

namespace Sandpiper.Tests.Commands;

public sealed class MemoryLimitTests
{
    [Theory]
    [InlineData("512M", 512L << 20)]
    [InlineData("4g", 4L << 30)]
    [InlineData("64T", 1L << 46)]
    [InlineData("16777216", 16L << 20)]
    [InlineData("20000K", 20_000L << 10)]
    [InlineData("65T", -1L)]
    [InlineData("15M", -1L)]
    [InlineData("", -1L)]
    [InlineData("G", -1L)]
    [InlineData("-1G", -1L)]
    [InlineData("1.5G", -1L)]
    [InlineData("9223372036854775807T", -1L)]
    [InlineData("99999999999999999999", -1L)]
    public void A_size_is_digits_and_a_unit_or_none(string text, long bytes) =>
        Assert.Equal(bytes, MemoryLimit.TryParse(text, out long read) ? read : -1);

    [Fact]
    public void Without_one_the_command_is_as_it_was()
    {
        string[] command = ["python", "-c", "pass"];
        Assert.Same(command, MemoryLimit.Around(command, null));
        Assert.Equal(["/usr/bin/prlimit", "--as=1073741824", "--", .. command], MemoryLimit.Around(command, 1 << 30));
    }
}
