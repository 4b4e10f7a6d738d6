using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies.Waivers;
using Sandpiper.Store.Tests;

namespace Sandpiper.Policies.Tests.Waivers;

public sealed class WaiverFileTests : IDisposable
{
    private readonly DataRoot _root = new();

    private static readonly Waiver Example = new(
        PackageName.Parse("Some.Package"), Pep440Version.Parse("1.0"), "SP-WHEEL-21", "I read it: \"fine\"\n…", "anna", new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));

    private WaiverFile Waivers => new(_root.Path);

    private string FilePath => Path.Combine(_root.Path, "waivers.jsonl");

    [Fact]
    public void What_was_added_is_found_for_exactly_this_package_version_and_rule()
    {
        Waivers.Add(Example);
        Assert.Equal(Example, Waivers.Find(PackageName.Parse("some-package"), Pep440Version.Parse("1.0.0"), "SP-WHEEL-21"));
        Assert.Null(Waivers.Find(PackageName.Parse("some-package2"), Pep440Version.Parse("1.0"), "SP-WHEEL-21"));
        Assert.Null(Waivers.Find(PackageName.Parse("some-package"), Pep440Version.Parse("1.0.1"), "SP-WHEEL-21"));
        Assert.Null(Waivers.Find(PackageName.Parse("some-package"), Pep440Version.Parse("1.0+local"), "SP-WHEEL-21"));
        Assert.Null(Waivers.Find(PackageName.Parse("some-package"), Pep440Version.Parse("1.0"), "SP-WHEEL-22"));
        Assert.Equal(["SP-WHEEL-21"], Waivers.RulesFor(PackageName.Parse("some-package"), Pep440Version.Parse("1.0")));
    }

    [Fact]
    public void Nothing_was_waived_where_there_is_no_file() => Assert.Empty(Waivers.List());

    [Fact]
    public void Waivers_keep_their_order_and_the_newest_counts()
    {
        Waivers.Add(Example);
        Waivers.Add(Example with { Reason = "still fine" });
        Assert.Equal([Example.Reason, "still fine"], Waivers.List().Select(w => w.Reason));
        Assert.Equal("still fine", Waivers.Find(Example.Name, Example.Version, Example.Rule)?.Reason);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Theory]
    [InlineData("not json\n", 2)]
    [InlineData("{}\n", 2)]
    [InlineData("null\n", 2)]
    [InlineData("\n", 2)]
    [InlineData("{\"name\":\"a\",\"version\":\"1\",\"rule\":\"r\",\"reason\":\"x\",\"who\":\"w\",\"when\":\"2026-01-01T00:00:00+00:00\"}", 2)]    // no end of line
    [InlineData("{\"name\":\"a\",\"name\":\"b\",\"version\":\"1\",\"rule\":\"r\",\"reason\":\"x\",\"who\":\"w\",\"when\":\"2026-01-01T00:00:00+00:00\"}\n", 2)]
    [InlineData("{\"name\":\"a\",\"version\":\"1\",\"rule\":\"r\",\"reason\":\"x\",\"who\":\"w\",\"when\":\"2026-01-01T00:00:00+00:00\",\"until\":1}\n", 2)]
    [InlineData("{\"name\":\"a\",\"version\":\"*\",\"rule\":\"r\",\"reason\":\"x\",\"who\":\"w\",\"when\":\"2026-01-01T00:00:00+00:00\"}\n", 2)]
    [InlineData("{\"name\":null,\"version\":\"1\",\"rule\":\"r\",\"reason\":\"x\",\"who\":\"w\",\"when\":\"2026-01-01T00:00:00+00:00\"}\n", 2)]
    [InlineData("[[[[[[[[", 2)]
    public void A_damaged_file_is_an_error_for_every_question(string second, int line)
    {
        Waivers.Add(Example);
        File.AppendAllText(FilePath, second);
        Assert.Equal(line, Assert.Throws<WaiverFileDamagedException>(() => Waivers.List()).Line);
        Assert.Throws<WaiverFileDamagedException>(() => Waivers.Find(Example.Name, Example.Version, Example.Rule));
        Assert.Throws<WaiverFileDamagedException>(() => Waivers.Add(Example));
    }

    [Fact]
    public async Task Two_commands_that_add_at_once_both_stay()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() =>
        {
            for (int i = 0; i < 25; i++) Waivers.Add(Example with { Who = $"{n}/{i}" });
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(100, Waivers.List().Select(w => w.Who).Distinct(StringComparer.Ordinal).Count());
    }

    public void Dispose() => _root.Dispose();
}
