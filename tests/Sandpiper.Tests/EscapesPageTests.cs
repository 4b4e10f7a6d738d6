using System.Text.RegularExpressions;
using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests;

/// <summary>The page that says who tries which kind of escape names tests that are there.</summary>
public sealed class EscapesPageTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void Every_kind_of_escape_is_tried_by_tests_that_are_there()
    {
        string[] rows = [.. File.ReadLines(Checkout.PathOf("docs/sandbox.md"))
            .SkipWhile(l => !l.StartsWith("| kind | tried by |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(l => l.StartsWith('|'))];
        Assert.True(rows.Length > 25, "the table is not there");
        Dictionary<string, string> sources = Directory
            .EnumerateFiles(Checkout.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .GroupBy(f => Path.GetFileNameWithoutExtension(f), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => string.Concat(g.Select(File.ReadAllText)), StringComparer.Ordinal);
        foreach (string row in rows)
        {
            Match[] tests = [.. Regex.Matches(row, @"`(?<type>\w+)\.(?<name>\w+)`", RegexOptions.ExplicitCapture, Limit).Cast<Match>()];
            Assert.True(tests.Length > 0, $"nobody tries this: {row}");
            foreach (Match test in tests)
            {
                string declared = $" {test.Groups["name"].Value}(";
                Assert.True(sources.TryGetValue(test.Groups["type"].Value, out string? text)
                    && text.Contains(declared, StringComparison.Ordinal), $"there is no {test.Value}");
            }
        }
    }
}
