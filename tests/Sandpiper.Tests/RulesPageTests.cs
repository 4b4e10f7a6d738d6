using System.Text.RegularExpressions;
using Sandpiper.Operations;
using Sandpiper.Policies;
using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests;

/// <summary>docs/rules.md is the list of every code that a refusal can name.</summary>
public sealed class RulesPageTests
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.ExplicitCapture;
    private static readonly Regex Code = new(@"""(?<code>SP-[A-Z]+-\d\d)""", Linear);
    private static readonly Regex Row = new(@"^\| (?<code>SP-[A-Z]+-\d\d) \| [^|]+ \| (?<accept>yes|no) \|$", Linear);

    [Fact]
    public void Every_code_of_the_source_is_on_the_page_once_and_no_other()
    {
        var raised = Directory.EnumerateFiles(Checkout.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Code.Matches(File.ReadAllText(file)))
            .Select(m => m.Groups["code"].Value)
            .Distinct(StringComparer.Ordinal);
        Assert.Equal(raised.Order(StringComparer.Ordinal), Rows().Select(r => r.Rule).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_says_of_each_whether_it_can_be_accepted() =>
        Assert.Equal(Rules.Acceptable.Order(StringComparer.Ordinal),
            Rows().Where(r => r.MayBeAccepted).Select(r => r.Rule).Order(StringComparer.Ordinal));

    private static IEnumerable<(string Rule, bool MayBeAccepted)> Rows() =>
        Row.Matches(File.ReadAllText(Checkout.PathOf("docs/rules.md")))
            .Select(m => (m.Groups["code"].Value, m.Groups["accept"].Value is "yes"));
}
