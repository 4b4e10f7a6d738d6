using Sandpiper.Archives.Members;
using Sandpiper.Archives.Zip;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

public sealed class MemberNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("a/b/c.py")]
    [InlineData(".hidden/..x/...")]
    [InlineData("with space, comma and \"quotes\"")]
    [InlineData("ab:c")]
    [InlineData("Grüße/日本語.txt")]
    public void Relative_paths_of_plain_segments_are_taken(string name) =>
        Assert.Equal([(name, "")], Unzipping.Unzip(ZipBytes.Empty.With(name, "").Build()));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("//server/share")]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a/..")]
    [InlineData("a/./b")]
    [InlineData(".")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("..\\a")]
    [InlineData("C:a")]
    [InlineData("c:/windows")]
    public void Names_that_are_no_relative_path_are_refused(string name) =>
        Unzipping.MustBeRefused(MemberRules.NamePath, SampleMember.Text(name, ""));

    [Theory]
    [InlineData("../")]
    [InlineData("a//")]
    [InlineData("/a/")]
    public void Directory_names_are_judged_alike(string name) =>
        Unzipping.MustBeRefused(MemberRules.NamePath, SampleMember.Directory(name));

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u001b[31m")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085")]
    [InlineData("a\u200bb")]                // zero width space
    [InlineData("exe.\u202etxt")]           // right to left override
    [InlineData("a\u2028b")]
    [InlineData("a\ufeff")]
    [InlineData("a\ue000")]
    [InlineData("a\U000E0041")]             // tag letter
    public void Control_and_invisible_characters_are_refused(string name) =>
        Unzipping.MustBeRefused(MemberRules.NameCharacters, SampleMember.Text(name, ""));

    [Fact]
    public void Names_that_are_not_UTF_8_are_refused()
    {
        byte[][] names = [[0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]];
        foreach (byte[] name in names)
            Unzipping.MustBeRefused(
                MemberRules.NameEncoding, SampleMember.Text("x", "") with { Both = new() { Name = name, Flags = 0x800 } });
    }

    [Fact]
    public void A_name_beyond_ASCII_must_be_marked_as_UTF_8() =>
        Unzipping.MustBeRefused(MemberRules.NameEncoding, SampleMember.Text("ä", "") with { Both = new() { Flags = 0 } });

    [Fact]
    public void Long_names_and_segments_are_refused_by_bytes_not_characters()
    {
        Unzipping.MustBeTaken(SampleMember.Text(new string('a', 255), ""));
        Unzipping.MustBeRefused(MemberRules.NameLength, SampleMember.Text(new string('a', 256), ""));
        Unzipping.MustBeRefused(MemberRules.NameLength, SampleMember.Text(new string('ä', 128), ""));
        string folder = string.Join('/', Enumerable.Repeat(new string('a', 204), 20)) + "/";
        Assert.Equal(4100, folder.Length);
        Unzipping.MustBeRefused(MemberRules.NameLength, SampleMember.Text(folder + "a", ""));
        Unzipping.MustBeTaken(SampleMember.Text(folder[..4090] + "a", ""));
    }

    [Fact]
    public void Deep_names_are_refused()
    {
        Unzipping.MustBeTaken(SampleMember.Text(string.Concat(Enumerable.Repeat("a/", 63)) + "a", ""));
        Unzipping.MustBeRefused(MemberRules.NameLength, SampleMember.Text(string.Concat(Enumerable.Repeat("a/", 64)) + "a", ""));
    }
}
