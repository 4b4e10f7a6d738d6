using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class QuietLookTests : IDisposable
{
    private readonly string _place = ProgramFile.Resolve(Directory.CreateTempSubdirectory("sandpiper-").FullName)!;
    private readonly QuietLook _look = new("/root");

    public void Dispose()
    {
        _look.Dispose();
        Directory.Delete(_place, recursive: true);
    }

    [Theory]
    [InlineData("a/file", "a/file")]
    [InlineData("a", "a")]
    [InlineData("a/../a//./file", "a/file")]
    [InlineData("link/file", "a/file")]
    [InlineData("link/../b", "b")]          // above what the link leads to, not above the link
    [InlineData("a/back", "b")]
    [InlineData("whole", "a/file")]
    [InlineData("absent", null)]
    [InlineData("a/file/below", null)]
    [InlineData("dangling", null)]
    [InlineData("round", null)]
    public void What_is_there_is_found_where_it_really_lies(string path, string? real)
    {
        Directory.CreateDirectory(At("a"));
        Directory.CreateDirectory(At("b"));
        File.WriteAllText(At("a/file"), "");
        File.CreateSymbolicLink(At("link"), "a");
        File.CreateSymbolicLink(At("a/back"), "../b");
        File.CreateSymbolicLink(At("whole"), At("a/file"));
        File.CreateSymbolicLink(At("dangling"), "absent");
        File.CreateSymbolicLink(At("round"), "round");
        QuietAnswer answer = _look.At(At(path), out string found, out bool mayRead);
        Assert.Equal(real is null ? QuietAnswer.NotThere : QuietAnswer.There, answer);
        if (real is not null) Assert.Equal((At(real), true), (found, mayRead));
    }

    [Fact]
    public void Where_a_look_would_ask_a_server_nobody_looks_neither_through_a_link()
    {
        Directory.CreateDirectory(At("net/host"));
        File.CreateSymbolicLink(At("way"), "net");
        foreach (string kind in (string[])["autofs", "nfs4", "fuse.sshfs"])
        {
            MountLine[] mounts = [new(1, "0:1", At("net"), IsReadOnly: false) { Kind = kind }];
            using var look = new QuietLook(mounts, "/root");
            Assert.Equal(QuietAnswer.NotLooked, look.At(At("net/host"), out string real, out _));
            Assert.Equal(At("net"), real);
            Assert.Equal(QuietAnswer.NotLooked, look.At(At("way/absent"), out _, out _));
            Assert.Equal(QuietAnswer.There, look.At(_place, out _, out _));
            // Who lives there uses it anyway.
            using var atHome = new QuietLook(mounts, At("net/host"));
            Assert.Equal(QuietAnswer.There, atHome.At(At("net/host"), out _, out _));
        }
    }

    [Fact]
    public void The_root_is_there() => Assert.Equal(QuietAnswer.There, _look.At("/", out _, out _));

    private string At(string relative) => Path.Join(_place, relative);
}
