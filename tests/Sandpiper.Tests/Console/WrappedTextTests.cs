using CsCheck;
using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

public sealed class WrappedTextTests
{
    [Theory]
    [InlineData("one two three", 7, 0, "one two|three")]
    [InlineData("one two three", 8, 3, "one two|three")]
    [InlineData("one two three four", 9, 3, "one two|three|four")]
    [InlineData("   one two three", 8, 2, "   one|two|three")]
    [InlineData("a /a/path/without/a/space   by somebody", 10, 2, "a|/a/path/without/a/space|by|somebody")]
    [InlineData("   /a/path/without/a/space   by him", 10, 2, "   /a/path/without/a/space|by him")]
    [InlineData("one  two", 4, 0, "one|two")]
    [InlineData("one two  ", 7, 0, "one two  ")]
    [InlineData("", 7, 0, "")]
    [InlineData("      ", 3, 0, "      ")]
    public void A_line_ends_at_a_space_and_a_long_word_stays_whole(string text, int width, int indent, string lines) =>
        Assert.Equal(lines, string.Join('|', WrappedText.LinesOf(text, width, indent).Select(line => text[line])));

    [Fact]
    public void Nothing_but_spaces_is_lost_and_only_a_word_is_wider_than_a_line() =>
        Gen.Select(Gen.String[Gen.Char[" ab"], 0, 60], Gen.Int[1, 20], Gen.Int[0, 25]).Sample((text, width, indent) =>
        {
            string[] lines = [.. WrappedText.LinesOf(text, width, indent).Select(line => text[line])];
            bool isWhole = string.Concat(lines.SelectMany(Words)) == string.Concat(Words(text));
            bool fits = lines.Select((line, i) => line.TrimEnd().Length <= (i == 0 ? width : Math.Max(1, width - indent))
                || !line.Trim().Contains(' ', StringComparison.Ordinal)).All(one => one);
            return isWhole && fits;

            static string[] Words(string of) => of.Split(' ');
        });
}
