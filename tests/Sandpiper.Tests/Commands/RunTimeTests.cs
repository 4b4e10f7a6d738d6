using Sandpiper.Commands;

namespace Sandpiper.Tests.Commands;

public sealed class RunTimeTests
{
    [Theory]
    [InlineData("90", 90_000)]
    [InlineData("1.5", 1_500)]
    [InlineData("2s", 2_000)]
    [InlineData("10m", 600_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("30d", 2_592_000_000)]
    [InlineData("0.001", 1)]
    [InlineData("0", -1)]
    [InlineData("", -1)]
    [InlineData("m", -1)]
    [InlineData("-1", -1)]
    [InlineData("1e3", -1)]
    [InlineData("1,5", -1)]
    [InlineData(" 1", -1)]
    [InlineData("31d", -1)]
    [InlineData("NaN", -1)]
    [InlineData("Infinity", -1)]
    [InlineData("٣", -1)]
    [InlineData("99999999999999999999999999999d", -1)]
    public void A_time_is_read_as_timeout_reads_it_or_not_at_all(string text, long milliseconds)
    {
        bool isTime = RunTime.TryParse(text, out TimeSpan limit);
        Assert.Equal(milliseconds, isTime ? (long)limit.TotalMilliseconds : -1);
    }
}
