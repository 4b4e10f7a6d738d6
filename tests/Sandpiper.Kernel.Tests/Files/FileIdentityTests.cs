using CsCheck;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class FileIdentityTests
{
    [Fact]
    public void It_is_read_as_it_is_written() => Gen.Select(Gen.UInt, Gen.UInt, Gen.ULong).Sample((major, minor, inode) =>
        FileIdentity.TryParse($"{new FileIdentity(major, minor, inode)}", out FileIdentity read)
            && read == new FileIdentity(major, minor, inode));

    [Theory]
    [InlineData("")]
    [InlineData("1:2")]
    [InlineData("1:2:3:4")]
    [InlineData("1:2:-3")]
    [InlineData("1: 2:3")]
    [InlineData("1:2:18446744073709551616")]
    public void Anything_else_is_none(string text) => Assert.False(FileIdentity.TryParse(text, out _));

    [Fact]
    public void Of_a_file_it_is_that_of_its_links_and_of_its_descriptor_and_no_other_files()
    {
        string directory = Directory.CreateTempSubdirectory("sandpiper-").FullName, file = Path.Combine(directory, "file");
        File.WriteAllText(file, "");
        File.CreateSymbolicLink(Path.Combine(directory, "link"), file);
        using var open = RawFile.Open(file, RawFile.AsPlace, out int errno);
        Assert.Equal(0, errno);
        FileIdentity identity = FileFacts.IdentityOf(open);
        Assert.Equal(identity, FileFacts.IdentityOf(file));
        Assert.Equal(identity, FileFacts.IdentityOf(Path.Combine(directory, "link")));
        Assert.True(FileStatus.TryRead(file, out FileStatus status));
        Assert.Equal(identity, status.Identity);
        Assert.NotEqual(identity, FileFacts.IdentityOf(directory));
        Assert.Null(FileFacts.IdentityOf(Path.Combine(directory, "nothing")));
        Directory.Delete(directory, recursive: true);
    }
}
