using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class ExecutableTests(Ground ground) : IClassFixture<Ground>
{
    private const UnixFileMode Usual = (UnixFileMode)0b111_101_101;

    [Fact]
    public void One_that_only_root_can_change_is_trusted() => Assert.Equal("/usr/bin/env", Executable.Trusted("/usr/bin/env"));

    [Fact]
    public void One_of_somebody_elses_is_not()
    {
        string program = Program("theirs", Usual);
        ground.Own(); // where the tests do not run as root it is ours already, and we are not root
        Assert.Equal((SandboxObstacle.BubblewrapChangeable, program), Refused(program));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void One_that_others_may_write_is_not(UnixFileMode mode)
    {
        Assert.SkipUnless(Ground.IsRoot, "only root can make a file of root's");
        string program = Program($"writable-{mode}", Usual | mode);
        Assert.Equal((SandboxObstacle.BubblewrapChangeable, program), Refused(program));
        File.SetUnixFileMode(program, Usual);
        Assert.Equal(program, Executable.Trusted(program));
    }

    [Fact]
    public void None_is_said() => Assert.Equal((SandboxObstacle.BubblewrapAbsent, "/no/such/bwrap"), Refused("/no/such/bwrap"));

    private string Program(string name, UnixFileMode mode)
    {
        string path = Path.Join(ground.Root, name);
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, mode);
        return path;
    }

    private static (SandboxObstacle, string?) Refused(string path) =>
        Assert.Throws<SandboxUnavailableException>(() => Executable.Trusted(path)) is var e ? (e.Obstacle, e.Subject) : default;
}
