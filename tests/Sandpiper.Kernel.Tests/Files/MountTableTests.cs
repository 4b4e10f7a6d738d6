using CsCheck;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class MountTableTests
{
    [Theory]
    [InlineData("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw", 36, 35, "98:0", "/mnt2", false, "ext3", "")]
    [InlineData("7 1 0:9 / /a\\040b\\134040 ro,nosuid - tmpfs none rw", 7, 1, "0:9", "/a b\\040", true, "tmpfs", "nosuid apart")]
    [InlineData("7 1 0:9 / /a\\012b rw,nodev,errors=remount-ro - tmpfs none ro", 7, 1, "0:9", "/a\nb", false, "tmpfs", "nodev apart")]
    [InlineData("7 1 0:9 / /a rw shared:1 master:2 - fuse.sshfs u@h: rw", 7, 1, "0:9", "/a", false, "fuse.sshfs", "")]
    public void A_line_is_read_as_the_manual_says(
        string line, ulong id, ulong parent, string device, string place, bool readOnly, string kind, string besides) =>
        Assert.Equal(new MountLine(id, device, place, readOnly)
        {
            Parent = parent,
            Kind = kind,
            IsWithoutDevices = besides.Contains("nodev", StringComparison.Ordinal),
            IsWithoutSetUserId = besides.Contains("nosuid", StringComparison.Ordinal),
            IsApart = besides.Contains("apart", StringComparison.Ordinal),
        }, MountTable.Parse(line));

    [Fact]
    public void Anything_else_is_no_line_and_nothing_worse() => Gen.String.Sample(text =>
    {
        try
        {
            _ = MountTable.Parse(text);
        }
        catch (FormatException)
        {
        }
    });

    [Fact]
    public void The_mount_that_a_file_is_opened_through_is_in_the_table_with_its_device()
    {
        using var file = RawFile.Open("/proc/self/status", RawFile.AsPlace, out _);
        Assert.Equal("/proc", MountTable.Read().Single(line => line.Id == FileFacts.MountOf(file)).Place);
    }
}
