using Sandpiper.Sandbox.Subordinates;

namespace Sandpiper.Sandbox.Tests.Subordinates;

public sealed class SubordinateIdsTests
{
    [Theory]
    [InlineData("alice:100000:65536", 100_000u)]
    [InlineData("1000:200000:3", 200_000u)]
    [InlineData("bob:100000:65536\nalice:300000:65536", 300_000u)]
    [InlineData("alice:100000:2\nalice:300000:3", 300_000u)]
    [InlineData("alice:100000:2", null)]
    [InlineData("alicea:100000:65536", null)]
    [InlineData("10000:100000:65536", null)]
    [InlineData("alice:0:65536", null)]                 // that would be root
    [InlineData("alice:-1:65536", null)]
    [InlineData("alice:4294967295:65536", null)]        // past the last uid
    [InlineData("alice:4294967000:65536", null)]
    [InlineData("alice:100000", null)]
    [InlineData("# alice:100000:65536", null)]
    [InlineData("", null)]
    public void A_range_counts_that_is_his_and_large_enough(string file, uint? first) =>
        Assert.Equal(first, SubordinateIds.First(file.Split('\n'), "alice", 1000, 3));
}
