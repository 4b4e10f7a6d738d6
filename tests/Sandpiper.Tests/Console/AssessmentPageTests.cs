using System.Globalization;
using System.Text.RegularExpressions;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;
using Sandpiper.Auditing;
using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

/// <summary>The page of an assessment: what is in it, what is not, and that it can be read.</summary>
public sealed class AssessmentPageTests
{
    private const string Hostile = "<script>alert(1)</script> \"'&\e[2J";

    private static readonly string Page = AssessmentPage.Of(
        new AssessmentResult(null,
            [
                new Row("virtualenv", "(4) virtualenv",
                    [new TrialOutcome([Kind.Pth], Installed.Yes,
                        [new Reach(Kind.Pth, Moment.Install, Person.You, "pth", Person.You, Asset.Keys, Hostile)], "")]),
                new Row("sudo-pip", "(1) sudo pip", [new TrialOutcome([Kind.Build], Installed.Failed, [], Hostile)]),
                new Row("pipx", "pipx", []) { Missing = Hostile },
            ],
            [Kind.Pth], []),
        new MachineFacts([new(Hostile, "root", 1, 1)], [new(Hostile, ["everybody"])], true, false), AssessmentScreen.SystemFirst, "1 s");

    [Fact]
    public void What_came_out_of_a_trial_is_text_and_nothing_else()
    {
        Assert.DoesNotContain("<script>alert", Page, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', Page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", Page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(Page, "<script", RegexOptions.NonBacktracking));
    }

    [Fact]
    public void Nothing_is_fetched()
    {
        Assert.DoesNotMatch("(?i)(src|href|action)\\s*=|url\\(|@import|https?:", Page);
        Assert.Contains("default-src 'none'", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cell_has_a_word_and_its_chain_without_a_script()
    {
        string beforeScript = Page[..Page.IndexOf("<script", StringComparison.Ordinal)];
        Assert.Equal(2 * AssetNames.All.Length, Regex.Count(
            beforeScript, "<details><summary>[^<]+</summary><ol><li>", RegexOptions.NonBacktracking));
        Assert.Contains("<form id=\"choices\" hidden>", beforeScript, StringComparison.Ordinal);
        Assert.True(beforeScript.IndexOf("The answer", StringComparison.Ordinal)
            < beforeScript.IndexOf("<table>", StringComparison.Ordinal));
    }

    // WCAG 2.2, 1.4.3: 4.5 to 1, in the light scheme, the dark one and in print.
    [Fact]
    public void Text_stands_out_from_its_ground_in_every_scheme()
    {
        string[] schemes = [.. Regex.Matches(Page, @":root \{[^}]*\}", RegexOptions.NonBacktracking).Select(m => m.Value)];
        Assert.Equal(3, schemes.Length);
        foreach (string scheme in schemes)
        {
            foreach (var (ink, paper) in (ReadOnlySpan<(string, string)>)
                [("ink", "paper"), ("ink", "head"), ("red", "red-paper"), ("red", "paper"), ("amber", "amber-paper"), 
                    ("green", "green-paper")])
            {
                double a = Luminance(scheme, ink), b = Luminance(scheme, paper);
                double contrast = (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
                Assert.True(contrast >= 4.5, $"{ink} on {paper}: {contrast:0.0} in {scheme}");
            }
        }
    }

    private static double Luminance(string scheme, string name)
    {
        string hex = scheme.Split($"--{name}: #")[1].Split(';')[0];
        if (hex.Length == 3) hex = string.Concat(hex.Select(c => $"{c}{c}"));
        double[] parts = [.. Enumerable.Range(0, 3)
            .Select(i => int.Parse(hex.AsSpan(2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(v => v <= 0.03928 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4))];
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    }
}
