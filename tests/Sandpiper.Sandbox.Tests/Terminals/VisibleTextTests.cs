using System.Globalization;
using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Terminals;

namespace Sandpiper.Sandbox.Tests.Terminals;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("numpy 2.1.0", "numpy 2.1.0")]
    [InlineData("Müller, 東京, ×, 🐦", "Müller, 東京, ×, 🐦")]
    [InlineData("e\u0301", "e\u0301")]
    [InlineData("", "")]
    public void What_a_person_can_see_stays(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));

    [Theory]
    [InlineData("\e[2J", "\\u{1b}[2J")]                 // clears the screen
    [InlineData("a\rb", "a\\u{d}b")]                    // writes over the line
    [InlineData("a\bb\u007f", "a\\u{8}b\\u{7f}")]
    [InlineData("a\nb\tc\0", "a\\u{a}b\\u{9}c\\u{0}")]
    [InlineData("\u009b31m", "\\u{9b}31m")]             // C1: the same as ESC [
    [InlineData("\u0085", "\\u{85}")]
    [InlineData("exe\u202Egnp.", "exe\\u{202e}gnp.")]   // bidirectional override
    [InlineData("\u2066a\u2069", "\\u{2066}a\\u{2069}")]
    [InlineData("num\u200Bpy", "num\\u{200b}py")]       // zero width
    [InlineData("num\u2060py\uFEFF", "num\\u{2060}py\\u{feff}")]
    [InlineData("\u2028\u2029", "\\u{2028}\\u{2029}")]
    [InlineData("\uE000", "\\u{e000}")]                 // private use
    [InlineData("\U000E0041", "\\u{e0041}")]            // tags: invisible ASCII
    [InlineData("\uFFFD", "\\u{fffd}")]
    public void What_moves_hides_or_reorders_is_spelled_out(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));

    [Fact]
    public void Half_a_surrogate_pair_is_spelled_out() => Assert.Equal("a\\u{fffd}b", VisibleText.Of("a\uD800b"));

    [Fact]
    public void Lines_stay_lines_only_where_asked_for()
    {
        Assert.Equal("a\nb\\u{d}", VisibleText.Of("a\nb\r", keepLines: true));
        Assert.Equal("a\\u{a}b", VisibleText.Of("a\nb"));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('\e')]
    [InlineData('\u00fc')]
    public void A_text_beyond_the_limit_is_cut_and_says_so(char filler)
    {
        string whole = VisibleText.Of(new string(filler, VisibleText.MaxLength));
        string cut = VisibleText.Of(new string(filler, 1_000_000));
        Assert.DoesNotContain('…', whole);
        Assert.Equal(whole + "…", cut);
    }

    [Fact]
    public void Nothing_that_drives_a_terminal_comes_out_whatever_goes_in() => Gen.String.Sample(text =>
    {
        string visible = VisibleText.Of(text);
        Assert.Equal(visible, VisibleText.Of(visible));
        foreach (Rune rune in visible.EnumerateRunes())
        {
            Assert.False(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate,
                $"U+{rune.Value:X}");
        }
    }, iter: 1_000);
}
