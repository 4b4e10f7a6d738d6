using Sandpiper.Indexes.Fetching;

namespace Sandpiper.Indexes.Tests;

public sealed class FetchLimitsTests
{
    // A person sits before it, and a slow line is no dead one.
    [Fact]
    public void A_dead_server_is_given_up_within_minutes_and_a_slow_one_not_within_seconds()
    {
        FetchLimits limits = FetchLimits.Default;
        Assert.InRange(limits.Connect, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
        Assert.InRange(limits.Silence, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(2));
        Assert.InRange(limits.Page, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
    }
}
