using Sandpiper.Kernel.Processes;

namespace Sandpiper.Kernel.Tests.Processes;

/// <summary>What goes on in the background is behind everybody's sessions.</summary>
public sealed class SessionShareTests
{
    [Fact]
    public void A_session_gives_way_where_the_kernel_shares_among_sessions_and_nothing_happens_where_it_does_not()
    {
        string file = Path.GetTempFileName();
        try
        {
            SessionShare.GiveWay(file);
            Assert.Equal("19", File.ReadAllText(file));
        }
        finally
        {
            File.Delete(file);
        }
        SessionShare.GiveWay(file);
        Assert.False(File.Exists(file));
    }
}
