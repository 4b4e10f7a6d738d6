using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Packaging.Index;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>One index owns a name; one that fails is never passed over (P7).</summary>
public sealed class IndexChainTests
{
    [Fact]
    public async Task The_first_index_that_has_a_name_owns_it()
    {
        using LyingIndexServer first = new LyingIndexServer().ServeAll(), second = new LyingIndexServer().ServeAll();
        using SimpleIndex one = first.Index(), two = second.Index();
        var chain = new IndexChain([one, two]);
        IndexFile file = await chain.FileOf();
        Assert.Equal(Served.Wheel, await chain.BytesOf(file));
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_the_next_ones_with_all_its_files()
    {
        using LyingIndexServer first = new LyingIndexServer(), second = new LyingIndexServer().ServeAll();
        using SimpleIndex one = first.Index(), two = second.Index();
        var chain = new IndexChain([one, two]);
        IndexFile file = await chain.FileOf();
        await chain.MetadataOf(file);
        await chain.BytesOf(file);
        Assert.Equal([Served.Page], first.Requests.Select(request => request.Path));
        Assert.Equal(3, second.Requests.Count);
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_nowhere()
    {
        using LyingIndexServer first = new LyingIndexServer(), second = new LyingIndexServer();
        using SimpleIndex one = first.Index(), two = second.Index();
        Assert.Null(await new IndexChain([one, two]).PageOf());
    }

    [Fact]
    public async Task A_file_of_a_page_that_nobody_asked_for_belongs_to_whom_the_name_belongs_to()
    {
        using LyingIndexServer first = new LyingIndexServer(), second = new LyingIndexServer().ServeAll();
        using SimpleIndex one = first.Index(), two = second.Index();
        IndexFile file = await two.FileOf();
        Assert.Equal(Served.Wheel, await new IndexChain([one, two]).BytesOf(file));
        Assert.Equal(IndexRules.Page, await Served.RuleOf(() => new IndexChain([one, one]).BytesOf(file)));
    }

    public static TheoryData<string> Failures => ["401", "403", "500", "503", "reset", "silence", "wrong kind", "nonsense", "redirect"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failing_index_never_hands_a_name_on(string failure)
    {
        ServedAnswer answer = failure switch
        {
            "reset" => new() { DropAfter = -1 },
            "silence" => new() { StallAfter = -1 },
            "wrong kind" => ServedAnswer.Bytes([]),
            "nonsense" => ServedAnswer.Json("nonsense"),
            "redirect" => ServedAnswer.RedirectTo("file:///etc/passwd"),
            _ => ServedAnswer.OfStatus(int.Parse(failure)),
        };
        using LyingIndexServer first = new LyingIndexServer().Serve(Served.Page, answer), second = new LyingIndexServer().ServeAll();
        using SimpleIndex one = first.Index(time: first.UntilSilence()), two = second.Index();
        await Assert.ThrowsAsync<IndexException>(() => new IndexChain([one, two]).PageOf());
        Assert.Empty(second.Requests);
    }
}
