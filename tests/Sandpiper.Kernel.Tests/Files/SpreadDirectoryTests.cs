using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class SpreadDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_directory_becomes_one_where_the_file_system_knows_that_and_stays_one()
    {
        Assert.False(SpreadDirectory.Is(_root));
        bool isMade = SpreadDirectory.TryMake(_root);
        Assert.Equal(isMade, SpreadDirectory.Is(_root));
        Assert.Equal(isMade, SpreadDirectory.TryMake(_root));
        Assert.False(SpreadDirectory.Is(Directory.CreateDirectory(Path.Combine(_root, "below")).FullName));
    }

    [Fact]
    public void What_is_no_directory_or_not_there_is_none_and_a_link_is_not_followed()
    {
        string file = Path.Combine(_root, "file"), link = Path.Combine(_root, "link"), behind = Path.Combine(_root, "behind");
        File.WriteAllText(file, "");
        Directory.CreateDirectory(behind);
        File.CreateSymbolicLink(link, behind);
        Assert.False(SpreadDirectory.TryMake(file));
        Assert.False(SpreadDirectory.TryMake(link));
        Assert.False(SpreadDirectory.TryMake(Path.Combine(_root, "nothing")));
        Assert.False(SpreadDirectory.Is(behind));
    }
}
