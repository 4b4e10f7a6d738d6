using System.Globalization;
using System.Text.RegularExpressions;
using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests;

/// <summary>What no analyzer of the build looks at.</summary>
public sealed class SourceTextTests
{
    [Fact]
    public void No_line_is_longer_than_the_editors_are_told()
    {
        int most = int.Parse(
            File.ReadLines(Checkout.PathOf(".editorconfig")).First(l => l.StartsWith("max_line_length", StringComparison.Ordinal))
                .Split('=')[1],
            CultureInfo.InvariantCulture);
        Assert.Empty(Sources()
            .SelectMany(f =>
                File.ReadLines(f).Select((line, index) => (Place: $"{f}:{index + 1}", new StringInfo(line).LengthInTextElements)))
            .Where(l => l.LengthInTextElements > most).Select(l => $"{l.Place} has {l.LengthInTextElements} columns"));
    }

    // What is sure to happen is waited for until it has; a machine that is busy is no failure.
    [Fact]
    public void No_test_waits_by_the_clock() => Assert.Empty(
        from file in Sources()
        where file.StartsWith(Checkout.PathOf("tests"), StringComparison.Ordinal)
        from line in File.ReadLines(file).Select((text, index) => (Text: text, Place: $"{file}:{index + 1}"))
        where WaitByTheClock.IsMatch(line.Text)
        select line.Place);

    private static readonly Regex WaitByTheClock = new(
        @"\b(WaitForExit|Wait|WaitAll|WaitAny|WaitOne|WaitAsync|SpinUntil|CancelAfter|Sleep)\((.*\bTimeSpan\.From|[0-9])",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    private static IEnumerable<string> Sources() => ((string[])["src", "tests"])
        .SelectMany(d => Directory.EnumerateFiles(Checkout.PathOf(d), "*.cs", SearchOption.AllDirectories))
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));
}
