using Sandpiper.Auditing.People;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Auditing.Tests.People;

/// <summary>Who may write, by mode bits and by passwd and group.</summary>
public sealed class WritersTests
{
    private static readonly Accounts People = new(
        ["root:x:0:0::/root:/bin/sh", "alice:x:1000:1000::/:", "bob:x:1001:50::/:", "broken", "x:x:y:z::", "carl:x:1002:1002::/:"],
        ["root:x:0:", "alice:x:1000:", "staff:x:50:alice,carl,nobody-known", "empty:x:60:", "broken"]);

    [Theory]
    [InlineData(1000u, 1000u, 0b110_100_100, "")]
    [InlineData(0u, 0u, 0b110_100_100, "")]
    [InlineData(1001u, 0u, 0b100_100_100, "bob")]
    [InlineData(4711u, 0u, 0b100_100_100, "uid 4711")]
    [InlineData(1000u, 1000u, 0b110_110_100, "")]
    [InlineData(1000u, 60u, 0b110_110_100, "")]
    [InlineData(1000u, 50u, 0b110_110_100, "group staff (bob, carl)")]
    [InlineData(1000u, 50u, 0b110_110_110, "everybody")]
    [InlineData(1001u, 50u, 0b110_110_110, "bob, everybody")]
    public void Whoever_is_not_trusted_and_may_write_is_named(uint user, uint group, int mode, string expected)
    {
        var status = new FileStatus(FileType.Regular, (UnixFileMode)mode, 0, default, default, default) { UserId = user, GroupId = group };
        Assert.Equal(expected, string.Join(", ", new Writers(People, [0, 1000]).Of(status, "/none")));
    }

    [Theory]
    [InlineData(0u, 0b1_111_111_111, "")]
    [InlineData(0u, 0b111_111_111, "everybody")]
    [InlineData(1001u, 0b1_111_111_111, "bob")]
    public void In_a_directory_with_the_sticky_bit_others_rename_nothing_of_ours(uint user, int mode, string expected)
    {
        var status = new FileStatus(FileType.Directory, (UnixFileMode)mode, 0, default, default, default) { UserId = user };
        Assert.Equal(expected, string.Join(", ", new Writers(People, [0, 1000]).OfAncestor(status, "/none")));
    }
}
