using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class MountCheckTests
{
    [Theory]
    [InlineData(MountRights.Read, "ro nodev nosuid apart", true)]
    [InlineData(MountRights.Read, "nodev nosuid apart", false)]
    [InlineData(MountRights.Read, "ro nosuid apart", false)]
    [InlineData(MountRights.Read, "ro nodev apart", false)]
    [InlineData(MountRights.Read, "ro nodev nosuid", false)]
    [InlineData(MountRights.Write, "nodev nosuid apart", true)]
    [InlineData(MountRights.Write, "ro nodev nosuid apart", true)]
    [InlineData(MountRights.Write, "nosuid apart", false)]
    [InlineData(MountRights.Write, "nodev apart", false)]
    [InlineData(MountRights.Device, "nosuid apart", true)]
    [InlineData(MountRights.Device, "apart", false)]
    [InlineData(MountRights.Device, "nosuid", false)]
    public void Nothing_more_can_be_done_with_a_mount_than_was_planned(MountRights planned, string mounted, bool fits)
    {
        string[] words = mounted.Split(' ');
        var line = new MountLine(1, "8:1", "/read", words.Contains("ro"))
        {
            IsWithoutDevices = words.Contains("nodev"),
            IsWithoutSetUserId = words.Contains("nosuid"),
            IsApart = words.Contains("apart"),
        };
        Assert.Equal(fits, MountCheck.Fits(line, planned));
    }
}
