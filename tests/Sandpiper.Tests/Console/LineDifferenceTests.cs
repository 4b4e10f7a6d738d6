using CsCheck;
using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

public sealed class LineDifferenceTests
{
    [Fact]
    public void It_reads_as_diff_shows_it()
    {
        string before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\n", after = "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nn\no";
        var difference = LineDifference.Between(before, after);
        Assert.Equal((2, 2), (difference.Added, difference.Removed));
        Assert.Equal(["@@ -1,5 +1,5 @@", " a", "-b", "+B", " c", " d", " e",
            "@@ -10,5 +10,5 @@", " j", " k", " l", "-m", " n", "+o", "\\ No newline at end of file"], difference.Unified());
    }

    [Theory]
    [InlineData("", "a\n", "@@ -0,0 +1,1 @@|+a")]
    [InlineData("a\n", "", "@@ -1,1 +0,0 @@|-a")]
    [InlineData("a", "a\n", "@@ -1,1 +1,1 @@|-a|\\ No newline at end of file|+a")]
    [InlineData("a\r\n", "a\n", "@@ -1,1 +1,1 @@|-a\r|+a")]
    [InlineData("a\n", "a\n", "")]
    public void Ends_of_texts_are_lines_too(string before, string after, string shown) =>
        Assert.Equal(shown, string.Join('|', LineDifference.Between(before, after).Unified()));

    // What a reader of the difference makes of the one text is the other.
    [Fact]
    public void Whatever_the_texts_are_the_difference_leads_from_the_one_to_the_other()
    {
        Gen<string> text = Gen.Select(Gen.Char["abc"].Array[0, 40], Gen.Bool,
            (lines, isEnded) => string.Join('\n', lines) + (isEnded && lines.Length > 0 ? "\n" : ""));
        Gen.Select(text, text).Sample((before, after) => Assert.Equal(after, Applied(before, LineDifference.Between(before, after))));
    }

    [Fact]
    public void Texts_that_have_nothing_in_common_cost_no_more_than_they_are_long()
    {
        string before = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a{i}\n"));
        string after = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"b{i}\n"));
        var difference = LineDifference.Between(before, after);
        Assert.Equal((20_000, 20_000), (difference.Added, difference.Removed));
        Assert.Equal(after, Applied(before, difference));
    }

    private static string Applied(string before, LineDifference difference)
    {
        List<string> from = [.. before.Split('\n').Select(line => line + "\n")];
        from[^1] = from[^1][..^1];
        if (from[^1].Length == 0) from.RemoveAt(from.Count - 1);
        var made = new List<string>();
        int at = 0;
        char last = ' ';
        foreach (string line in difference.Unified())
        {
            switch (line[0])
            {
                case '@':
                    string[] range = line.Split(' ')[1][1..].Split(',');
                    int start = int.Parse(range[0], System.Globalization.CultureInfo.InvariantCulture) - (range[1] is "0" ? 0 : 1);
                    made.AddRange(from[at..start]);
                    at = start;
                    break;
                case ' ':
                    made.Add(from[at++]);
                    break;
                case '-':
                    at++;
                    break;
                case '+':
                    made.Add(line[1..] + "\n");
                    break;
                default:
                    if (last is '+') made[^1] = made[^1][..^1];
                    break;
            }
            last = line[0];
        }
        made.AddRange(from[at..]);
        return string.Concat(made);
    }
}
