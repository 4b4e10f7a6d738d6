using Sandpiper.Archives.Members;
using Sandpiper.Archives.Zip;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

public sealed class LayoutTests
{
    private static readonly SampleMember One = SampleMember.Text("one.py", "1\n"), Two = SampleMember.Text("two.py", "22\n");
    private static readonly ZipBytes Both = ZipBytes.Empty.With(One).With(Two);

    [Fact]
    public void Bytes_that_belong_to_no_member_are_refused()
    {
        byte[] strange = [0];
        Unzipping.MustBeRefused(ZipRules.Gap, Both with { Prefix = strange });
        Unzipping.MustBeRefused(ZipRules.Gap, Both with { BeforeDirectory = strange });
        Unzipping.MustBeRefused(ZipRules.Gap, ZipBytes.Empty.With(One).With(Two with { Gap = strange }));
        Unzipping.MustBeRefused(ZipRules.Gap, ZipBytes.Empty with { Prefix = strange });
    }

    [Fact]
    public void A_member_that_only_its_local_header_knows_is_refused()
    {
        var hidden = SampleMember.Text("hidden.py", "evil\n") with { IsMissingFromDirectory = true };
        Unzipping.MustBeRefused(ZipRules.Gap, ZipBytes.Empty.With(hidden).With(One));
        Unzipping.MustBeRefused(ZipRules.Gap, ZipBytes.Empty.With(One).With(hidden));
        Unzipping.MustBeRefused(ZipRules.Gap, ZipBytes.Empty.With(hidden));
    }

    [Fact]
    public void Two_entries_for_one_place_are_refused() =>
        Unzipping.MustBeRefused(ZipRules.Gap, ZipBytes.Empty.With(One).With(Two with { Central = new() { HeaderOffset = 0 } }));

    [Fact]
    public void Members_that_overlap_are_refused()
    {
        // The first claims the second's bytes for its content.
        int second = ZipBytes.Empty.With(Two).Build().Length - 46 - 22 - 6;
        uint claimed = (uint)(One.Content.Length + second);
        var greedy = One with { IsStored = true, Both = new() { CompressedSize = claimed, Size = claimed } };
        Unzipping.MustBeRefused(ZipRules.Gap, ZipBytes.Empty.With(greedy).With(Two));
    }

    [Fact]
    public void Members_come_in_the_order_of_the_directory()
    {
        byte[] archive = Both.Build();
        Assert.Equal([("one.py", "1\n"), ("two.py", "22\n")], Unzipping.Unzip(archive));
        // Same place and length: swapping the two entries changes only their order.
        int entry = 46 + 6, directory = archive.Length - 22 - 2 * entry;
        int second = directory + entry;
        byte[] swapped = [.. archive[..directory], .. archive[second..^22], .. archive[directory..second], .. archive[^22..]];
        Assert.Equal(["two.py", "one.py"], Unzipping.Unzip(swapped).Select(member => member.Name));
    }

    [Fact]
    public void Two_members_of_one_name_are_refused()
    {
        Unzipping.MustBeRefused(MemberRules.Duplicate, ZipBytes.Empty.With(One).With(One));
        Unzipping.MustBeRefused(
            MemberRules.Duplicate, ZipBytes.Empty.With(SampleMember.Directory("a/")).With(SampleMember.Directory("a/")));
        Unzipping.MustBeRefused(MemberRules.Duplicate, ZipBytes.Empty.With("a", "").With(SampleMember.Directory("a/")));
    }

    [Fact]
    public void A_file_where_a_directory_is_needed_is_refused_in_any_order()
    {
        Unzipping.MustBeRefused(MemberRules.FileAsDirectory, ZipBytes.Empty.With("a/b", "").With("a/b/c/d", ""));
        Unzipping.MustBeRefused(MemberRules.FileAsDirectory, ZipBytes.Empty.With("a/b/c/d", "").With("a/b", ""));
        Assert.Equal(3, Unzipping.Unzip(ZipBytes.Empty.With("a/b", "").With("a/bc", "").With(SampleMember.Directory("a/")).Build()).Count);
    }
}
