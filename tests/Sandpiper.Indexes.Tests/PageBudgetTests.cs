using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>All pages of one command together have an end, whichever index serves them, and however they are packed or kept.</summary>
public sealed class PageBudgetTests
{
    private static readonly int OnePage = Served.PageJson.Length;

    [Fact]
    public async Task Two_indexes_that_share_one_cannot_have_more_pages_than_it_has()
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, ServedAnswer.Json(Served.PageJson).Gzipped());
        var budget = new PageBudget(2 * OnePage);
        using SimpleIndex one = Served.At(server.Simple(), budget: budget), other = Served.At(server.Simple(), budget: budget);
        await one.PageOf();
        await other.PageOf();
        Assert.Equal(IndexRules.TooLong, await Served.RuleOf(() => other.PageOf()));
    }

    [Fact]
    public async Task A_page_of_the_cache_takes_its_part_as_well()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer()
            .Serve(Served.Page, ServedAnswer.Json(Served.PageJson).With("Cache-Control", "max-age=600"));
        using SimpleIndex first = Served.At(server.Simple(), cache.Path);
        await first.PageOf();
        using SimpleIndex second = Served.At(server.Simple(), cache.Path, budget: new PageBudget(1));
        Assert.Equal(IndexRules.TooLong, await Served.RuleOf(() => second.PageOf()));
        Assert.Equal(1, server.CountOf(Served.Page));
    }

    [Fact]
    public async Task One_in_a_directory_does_so_too()
    {
        using var directory = new TemporaryDirectory();
        Served.Sample.WriteTo(directory.Path);
        var index = new DirectoryIndex(new Uri($"file://{directory.Path}/simple/"), Served.ReadMetadata) { Budget = new PageBudget(1) };
        Assert.Equal(IndexRules.TooLong, await Served.RuleOf(() => index.PageOf()));
    }
}
