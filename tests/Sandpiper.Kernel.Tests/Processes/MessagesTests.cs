using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Kernel.Tests.Processes;

public sealed class MessagesTests
{
    // Whoever cannot go on says why, and ends without a look at what else he was told.
    [Fact]
    public void What_was_said_before_the_end_is_heard_though_something_was_left_unread_there()
    {
        (SafeFileHandle ours, SafeFileHandle theirs) = Messages.Pair();
        using (ours)
        {
            using (theirs)
            {
                Assert.True(Messages.TrySend(ours, "unread"u8));
                Assert.True(Messages.TrySend(theirs, "why"u8));
            }
            Assert.Equal("why"u8, Messages.Receive(ours, out _, out _).AsSpan());
            Assert.Null(Messages.Receive(ours, out _, out _));
            Assert.False(Messages.TrySend(ours, "more"u8));
        }
    }
}
