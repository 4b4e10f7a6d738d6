using Sandpiper.Kernel;
using Sandpiper.Sandbox.Leftovers;

namespace Sandpiper.Sandbox.Tests.Leftovers;

public sealed class SpareRoomTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-room-").FullName;

    private string File => Path.Join(_root, "held/room");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(Errno.NoSpace)]
    [InlineData(Errno.OverQuota)]
    public void It_is_given_up_once_where_the_disk_is_full_and_made_anew_before_the_next_program(int errno)
    {
        var room = new SpareRoom(_root);
        room.Keep();
        Assert.Equal(256 << 10, new FileInfo(File).Length);
        int tries = 0;
        Assert.Equal(2, room.Within(() => ++tries == 1 ? throw new IOException("full", errno) : tries));
        Assert.False(Path.Exists(File));
        Assert.Throws<IOException>(() => room.Within<int>(() => throw new IOException("full", errno)));
        room.Keep();
        Assert.True(Path.Exists(File));
    }

    [Fact]
    public void Where_something_else_is_wrong_it_stays()
    {
        var room = new SpareRoom(_root);
        room.Keep();
        Assert.Throws<KernelException>(() => room.Within<int>(() => throw new KernelException("mkdir", Errno.NoAccess, "/x")));
        Assert.True(Path.Exists(File));
    }

    [Fact]
    public void Where_it_cannot_be_made_nothing_is_said()
    {
        System.IO.File.WriteAllText(Path.Join(_root, "held"), "");
        new SpareRoom(_root).Keep();
    }
}
