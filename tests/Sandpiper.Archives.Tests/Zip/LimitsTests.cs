using Sandpiper.Archives.Members;
using Sandpiper.Archives.Zip;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

public sealed class LimitsTests
{
    private static readonly byte[] Two = ZipBytes.Empty.With("a", "12345").With("b/c", "123456").Build();

    [Fact]
    public void An_archive_at_every_limit_is_taken() =>
        Assert.Equal(2, Unzipping.Unzip(Two, new(2, 6, 11, 1, 2) { MaxDirectories = 1 }).Count);

    [Fact]
    public void Directories_count_although_no_member_names_them() =>
        Unzipping.MustBeRefused(MemberRules.TooMany, ZipBytes.Empty.With("a/b/c/d", "").With("a/e/f", "").Build(),
            ArchiveLimits.Default with { MaxDirectories = 3 });

    [Fact]
    public void One_more_than_a_limit_is_refused()
    {
        Unzipping.MustBeRefused(MemberRules.TooMany, Two, new(1, 6, 11, 1, 2));
        Unzipping.MustBeRefused(MemberRules.TooLarge, Two, new(2, 5, 11, 1, 2));
        Unzipping.MustBeRefused(MemberRules.TooLargeInAll, Two, new(2, 6, 10, 1, 2));
        Unzipping.MustBeRefused(MemberRules.NameLength, Two, new(2, 6, 11, 1, 1));
    }

    [Fact]
    public void A_small_file_may_grow_as_much_as_it_likes() =>
        Assert.Single(
            Unzipping.Unzip(ZipBytes.Empty.With("zeros", new byte[1 << 20]).Build(), ArchiveLimits.Default with { MaxRatio = 1 }));

    [Fact]
    public void A_bomb_is_refused_on_opening()
    {
        byte[] bomb = ZipBytes.Empty.With("zeros", new byte[100 << 20]).Build();
        Assert.True(bomb.Length < 1 << 20);
        Unzipping.MustBeRefused(MemberRules.Ratio, bomb);
    }

    [Fact]
    public void A_bomb_that_promises_little_is_refused_while_it_is_inflated() =>
        Unzipping.MustBeRefused(ZipRules.Content, new SampleMember("zeros", new byte[10 << 20]) { Both = new() { Size = 100 } });
}
