using Sandpiper.Environments.Ledger;

namespace Sandpiper.Environments.Tests.Ledger;

public sealed class SwitchHistoryTests
{
    // Each word is a line: from>to; ? was never confirmed.
    [Theory]
    [InlineData("", 0, ">1")]
    [InlineData("2 1", 3, ">1 1>2 2>3")]
    [InlineData("1", 2, ">1 1>2 2>3 3>2")]                      // back once
    [InlineData("", 1, ">1 1>2 2>3 3>2 2>1")]                   // and once more
    [InlineData("3 2 1", 1, ">1 1>2 2>3 3>1")]                  // to another by its number
    [InlineData("1 3 2 1", 4, ">1 1>2 2>3 3>1 1>4")]
    [InlineData("2 1", 4, ">1 1>2 2>3? 2>4")]                   // killed before the switch
    [InlineData("3 2 1", 4, ">1 1>2 2>3? 3>4")]                 // killed after it: whoever came next saw it
    [InlineData("2 1", 3, ">1 1>2 2>3?")]                       // killed after it just now
    [InlineData("", 2, ">1? >2")]                               // the very first was killed before its switch
    [InlineData("1", 2, ">1 1>2 2>2")]
    [InlineData("8 7", 9, "7>8 8>9 9>7 7>9")]                     // a ledger whose beginning was lost
    public void What_was_current_before(string expected, int current, string lines) =>
        Assert.Equal(expected, string.Join(' ', SwitchHistory.Before(lines.Split(' ').Select(Line), current == 0 ? 1 : current)));

    [Theory]
    [InlineData(3, 1, ">1 1>2 2>3 3>1", "1 2 3")]
    [InlineData(2, 1, ">1 1>2 2>3 3>1", "1 2")]
    [InlineData(null, 1, ">1 1>2 2>3 3>1", "1")]        // those in between are gone: what was before them is current
    [InlineData(null, 1, ">1", "1 2")]
    public void Back_leads_to_what_is_there_and_is_not_current(int? expected, int current, string lines, string available) =>
        Assert.Equal(expected, SwitchHistory.Back(lines.Split(' ').Select(Line), current, [.. available.Split(' ').Select(int.Parse)]));

    [Theory]
    [InlineData("1 2", 1, ">1 1>2 2>1", "1 2", 10)]             // gone back from, and nothing before it
    [InlineData("1 2 3", 1, ">1 1>2 2>3 3>2 2>1", "1 2 3", 2)]
    [InlineData("1 2", 1, ">1 1>2 2>3 3>2 2>1", "1 2 3", 1)]    // the last that was current by time
    [InlineData("1 4", 4, ">1 1>2 2>3 3>1 1>4", "1 2 3 4", 1)]  // by undoing
    [InlineData("1 3 4", 4, ">1 1>2 2>3 3>1 1>4", "1 2 3 4", 2)]
    [InlineData("4", 4, ">1 1>2 2>3 3>1 1>4", "1 2 3 4", 0)]
    [InlineData("3", 3, ">1 1>2 2>3", "3", 10)]                 // all others are gone
    public void What_stays(string expected, int current, string lines, string available, int keep) => Assert.Equal(expected,
        string.Join(' ', SwitchHistory.Reach([.. lines.Split(' ').Select(Line)], current, [.. available.Split(' ').Select(int.Parse)], keep)
            .Order()));

    private static LedgerLine Line(string word)
    {
        string[] ends = word.TrimEnd('?').Split('>');
        return new LedgerLine("install", DateTimeOffset.UnixEpoch, "ada", ends[0].Length == 0 ? null : int.Parse(ends[0]),
            int.Parse(ends[1]), [], [], Confirmed: !word.EndsWith('?'));
    }
}
