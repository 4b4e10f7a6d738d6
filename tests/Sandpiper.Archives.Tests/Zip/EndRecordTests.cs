using System.Buffers.Binary;
using System.Text;
using Sandpiper.Archives.Zip;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

public sealed class EndRecordTests
{
    private static readonly ZipBytes Honest = ZipBytes.Empty.With("pkg/__init__.py", "x = 1\n").With("pkg/data.txt", "data\n");

    private static readonly int DirectoryOffset = DirectoryOffsetOf(Honest.Build());

    [Theory]
    [InlineData("")]
    [InlineData("PK")]
    [InlineData("this is not an archive at all, although it is long enough to be one")]
    public void A_file_that_is_no_archive_is_refused(string text) =>
        Unzipping.MustBeRefused(ZipRules.End, Encoding.ASCII.GetBytes(text));

    [Fact]
    public void An_archive_cut_off_anywhere_is_refused()
    {
        byte[] whole = Honest.Build();
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] part = whole[..length];
            Assert.Throws<ArchiveRefusedException>(() => Unzipping.Unzip(part));
        }
    }

    [Fact]
    public void An_empty_archive_is_empty() => Assert.Empty(Unzipping.Unzip(ZipBytes.Empty.Build()));

    [Fact]
    public void Bytes_behind_the_end_record_are_refused() =>
        Unzipping.MustBeRefused(ZipRules.End, Honest with { Suffix = new byte[] { 0 } });

    [Fact]
    public void Another_whole_archive_behind_the_end_record_is_refused() =>
        Unzipping.MustBeRefused(ZipRules.Directory, Honest with { Suffix = ZipBytes.Empty.With("evil.py", "").Build() });

    [Fact]
    public void A_comment_of_text_is_taken() =>
        Assert.Equal(2, Unzipping.Unzip((Honest with { Comment = "made by hand\r\n"u8.ToArray() }).Build()).Count);

    [Fact]
    public void A_comment_that_could_hide_an_archive_is_refused()
    {
        byte[] hidden = Honest.Build();
        // The last signature found is the hidden one, whose directory is somewhere else.
        Unzipping.MustBeRefused(ZipRules.Directory, Honest with { Comment = hidden });
        Unzipping.MustBeRefused(ZipRules.Comment, Honest with { Comment = hidden.AsMemory(0, 20) });
    }

    [Fact]
    public void A_comment_length_that_lies_is_refused()
    {
        Unzipping.MustBeRefused(ZipRules.End, Honest with { End = new() { CommentLength = 1 } });
        Unzipping.MustBeRefused(ZipRules.End, Honest with { Comment = "text"u8.ToArray(), End = new() { CommentLength = 0 } });
    }

    [Fact]
    public void A_split_archive_is_refused() => Unzipping.MustBeRefused(ZipRules.Split, Honest with { End = new() { Disk = 1 } });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(39_999)]     // more are too many, whatever is there
    public void A_count_that_lies_is_refused(ushort count) =>
        Unzipping.MustBeRefused(ZipRules.Directory, Honest with { End = new() { Entries = count } });

    [Fact]
    public void A_count_for_which_there_is_room_but_no_entry_is_refused()
    {
        // A comment as long as an entry.
        var roomy = SampleMember.Text("a", "") with { Central = new() { Comment = Encoding.ASCII.GetBytes(new string('c', 60)) } };
        Unzipping.MustBeRefused(ZipRules.Header, ZipBytes.Empty.With(roomy) with { End = new() { Entries = 2 } });
    }

    [Fact]
    public void Two_counts_in_one_record_are_refused() =>
        Unzipping.MustBeRefused(ZipRules.Directory, Honest with { End = new() { EntriesOnDisk = 1, Entries = 2 } });

    [Fact]
    public void A_directory_that_is_not_where_the_end_record_says_is_refused()
    {
        Unzipping.MustBeRefused(ZipRules.Directory, Honest with { End = new() { DirectoryOffset = 1 } });
        Unzipping.MustBeRefused(ZipRules.Directory, Honest with { End = new() { DirectorySize = 1 } });
        Unzipping.MustBeRefused(ZipRules.Directory, Honest with { BeforeEnd = new byte[] { 0 } });
    }

    [Fact]
    public void Numbers_that_only_ZIP64_could_give_are_refused_without_it()
    {
        Unzipping.MustBeRefused(ZipRules.Zip64End, Honest with { End = new() { Entries = ushort.MaxValue } });
        Unzipping.MustBeRefused(ZipRules.Zip64End, Honest with { End = new() { DirectorySize = uint.MaxValue } });
        Unzipping.MustBeRefused(ZipRules.Zip64End, Honest with { End = new() { DirectoryOffset = uint.MaxValue } });
    }

    [Fact]
    public void A_ZIP64_end_record_is_taken() => Assert.Equal(2, Unzipping.Unzip((Honest with { HasZip64End = true }).Build()).Count);

    [Fact]
    public void A_ZIP64_end_record_that_contradicts_the_plain_one_is_refused()
    {
        var zip64 = Honest with { HasZip64End = true };
        Assert.Equal(
            2, Unzipping.Unzip((zip64 with { End = new() { Entries = 2, DirectoryOffset = (uint)DirectoryOffset } }).Build()).Count);
        Unzipping.MustBeRefused(ZipRules.Zip64End, zip64 with { End = new() { Entries = 1 } });
        Unzipping.MustBeRefused(ZipRules.Zip64End, zip64 with { End = new() { DirectoryOffset = 0 } });
    }

    [Theory]
    [InlineData(0, ZipRules.Zip64End)]      // signature
    [InlineData(4, ZipRules.Zip64End)]      // length: an extensible part
    [InlineData(16, ZipRules.Split)]
    [InlineData(24, ZipRules.Zip64End)]     // count here
    [InlineData(32, ZipRules.Zip64End)]     // count
    [InlineData(39, ZipRules.Zip64End)]     // count, impossibly high
    [InlineData(40, ZipRules.Directory)]    // size
    [InlineData(48, ZipRules.Directory)]    // offset
    [InlineData(56 + 4, ZipRules.Split)]
    [InlineData(56 + 8, ZipRules.Zip64End)] // the locator points elsewhere
    [InlineData(56 + 16, ZipRules.Split)]
    [InlineData(56, ZipRules.Zip64End)]     // no locator
    public void A_ZIP64_end_record_with_any_number_wrong_is_refused(int at, string rule)
    {
        byte[] archive = (Honest with { HasZip64End = true }).Build();
        archive[archive.Length - 22 - 20 - 56 + at] ^= 0x81;
        Unzipping.MustBeRefused(rule, archive);
    }

    private static int DirectoryOffsetOf(byte[] archive) => BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(archive.Length - 6));
}
