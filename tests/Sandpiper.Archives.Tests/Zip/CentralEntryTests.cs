using Sandpiper.Archives.Zip;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

public sealed class CentralEntryTests
{
    private static readonly SampleMember Honest = SampleMember.Text("pkg/__init__.py", "x = 1\n");

    [Theory]
    [InlineData(1 << 0)]
    [InlineData(1 << 6)]
    [InlineData(1 << 13)]
    public void An_encrypted_member_is_refused(ushort flags) =>
        Unzipping.MustBeRefused(ZipRules.Encrypted, Honest with { Both = new() { Flags = flags } });

    [Theory]
    [InlineData(1 << 4)]
    [InlineData(1 << 5)]
    [InlineData(1 << 15)]
    public void Patch_data_and_unknown_flags_are_refused(ushort flags) =>
        Unzipping.MustBeRefused(ZipRules.Feature, Honest with { Both = new() { Flags = flags } });

    [Theory]
    [InlineData(6)]
    [InlineData(0x800)]
    public void Flags_that_change_nothing_are_taken(ushort flags) => Unzipping.MustBeTaken(Honest with { Both = new() { Flags = flags } });

    [Theory]
    [InlineData(1)]
    [InlineData(9)]     // deflate64
    [InlineData(12)]
    [InlineData(14)]
    [InlineData(93)]
    [InlineData(99)]    // encryption that looks like a method
    public void Methods_other_than_stored_and_deflate_are_refused(ushort method) =>
        Unzipping.MustBeRefused(ZipRules.Method, Honest with { Both = new() { Method = method } });

    [Fact]
    public void A_later_version_of_the_format_is_refused() =>
        Unzipping.MustBeRefused(ZipRules.Feature, Honest with { Both = new() { VersionNeeded = 46 } });

    [Fact]
    public void A_member_in_another_file_of_a_split_archive_is_refused() =>
        Unzipping.MustBeRefused(ZipRules.Split, Honest with { Central = new() { Disk = 1 } });

    [Fact]
    public void A_member_comment_is_text_or_refused()
    {
        Unzipping.MustBeTaken(Honest with { Central = new() { Comment = "text"u8.ToArray() } });
        Unzipping.MustBeRefused(ZipRules.Comment, Honest with { Central = new() { Comment = new byte[] { 80, 75, 5, 6 } } });
    }

    [Fact]
    public void A_directory_with_content_is_refused()
    {
        var directory = SampleMember.Directory("pkg/");
        Assert.Equal([("pkg", "")], Unzipping.Unzip(ZipBytes.Empty.With(directory).Build()));
        Unzipping.MustBeRefused(ZipRules.Directoryness, directory with { Content = "x"u8.ToArray() });
        Unzipping.MustBeRefused(ZipRules.Directoryness, directory with { IsStored = false });
        Unzipping.MustBeRefused(ZipRules.Directoryness, directory with { Both = new() { Crc32 = 1 } });
    }

    [Fact]
    public void Stored_content_of_two_sizes_is_refused() =>
        Unzipping.MustBeRefused(ZipRules.Content, Honest with { IsStored = true, Both = new() { Size = 3 } });

    [Fact]
    public void Links_and_special_files_are_refused_whoever_made_the_archive()
    {
        foreach (byte maker in new byte[] { 0, 3, 19 })
        {
            Unzipping.MustBeRefused(ZipRules.Link, SampleMember.Link("link", "/etc/passwd") with { MadeBy = maker });
            foreach (ushort type in new ushort[] { 0x1000, 0x2000, 0x6000, 0xC000, 0xF000 })
                Unzipping.MustBeRefused(ZipRules.Special, Honest with { Mode = type, MadeBy = maker });
        }
    }

    [Fact]
    public void Name_and_mode_must_agree_what_is_a_directory()
    {
        Unzipping.MustBeRefused(ZipRules.Directoryness, Honest with { Mode = 0x41ED });
        Unzipping.MustBeRefused(ZipRules.Directoryness, SampleMember.Directory("pkg/") with { Mode = 0x81A4 });
        Unzipping.MustBeTaken(SampleMember.Directory("pkg/") with { Mode = 0 });
    }

    [Theory]
    [InlineData(0x81A4, false)]
    [InlineData(0x81ED, true)]
    [InlineData(0x01FF, true)]      // no file type, as some builders write it
    [InlineData(0x8FED, true)]      // set-user-id and the like are not kept, nor a reason to refuse
    [InlineData(0x802D, false)]     // others may execute, the owner may not
    [InlineData(0x0000, false)]
    public void Of_the_mode_only_the_owner_s_execute_bit_is_kept(ushort mode, bool isExecutable)
    {
        using var reader = Unzipping.Open(ZipBytes.Empty.With(Honest with { Mode = mode }).Build());
        Assert.Equal(isExecutable, reader.Members[0].IsExecutable);
    }
}
