using System.Collections.Immutable;
using System.Text;
using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class ArgumentsTests
{
    private static readonly Confinement Least = new() { Home = "/home/ada", WorkingDirectory = "/usr", SecondStage = OwnProgram.Held() };

    private static List<string> Of(Confinement confinement, bool ownSession = true) => 
        [.. Arguments.Of(confinement, ownSession, new HandedOver(7, 8, null, [("/etc/passwd", 9)]))];

    [Fact]
    public void The_deeper_path_comes_later_and_the_protected_last()
    {
        Directory.CreateDirectory("/tmp/sandpiper-arguments/a/b");
        Directory.CreateDirectory("/tmp/sandpiper-arguments/a-b");
        List<string> arguments = Of(Least with
        {
            Home = "/tmp/sandpiper-arguments/a",
            ReadOnly = ["/tmp/sandpiper-arguments/a/b", "/tmp/sandpiper-arguments"],
            Writable = ["/tmp/sandpiper-arguments/a-b"],
            Protected = ["/tmp/sandpiper-arguments"],
        });
        string[] order = [.. arguments.Zip(arguments.Skip(1)).Where(pair => pair.First is "--tmpfs" or "--ro-bind" or "--bind").Select(pair => pair.Second).Where(path => path.Contains("arguments", StringComparison.Ordinal))];
        Assert.Equal(["/tmp/sandpiper-arguments", "/tmp/sandpiper-arguments/a", "/tmp/sandpiper-arguments/a-b", "/tmp/sandpiper-arguments/a/b", "/tmp/sandpiper-arguments"], order);
        Directory.Delete("/tmp/sandpiper-arguments", recursive: true);
    }

    [Fact]
    public void The_network_is_shared_only_when_granted()
    {
        Assert.DoesNotContain("--share-net", Of(Least));
        Assert.Contains("--share-net", Of(Least with { HostNetwork = true }));
    }

    [Fact]
    public void A_session_of_its_own_only_where_nobody_sits_at_a_terminal()
    {
        Assert.Contains("--new-session", Of(Least));
        Assert.DoesNotContain("--new-session", Of(Least, ownSession: false));
    }

    [Fact]
    public void A_zero_byte_cannot_end_an_argument_and_start_another() =>
        Assert.Throws<ArgumentException>(() => Arguments.ToBytes(["--setenv", "A", "x\0--bind\0/\0/"]));

    [Fact]
    public void An_argument_is_its_bytes_and_a_zero() => Assert.Equal("a\0\0ü\0"u8.ToArray(), Arguments.ToBytes(["a", "", "ü"]));

    [Theory]
    [InlineData("/")]
    [InlineData("/proc")]
    [InlineData("/proc/1")]
    [InlineData("/dev/mem")]
    [InlineData("/sys/kernel")]
    public void What_would_undo_the_sandbox_is_not_shown(string path)
    {
        Assert.Throws<SandboxUnavailableException>(() => Of(Least with { ReadOnly = [path] }));
        Assert.Throws<SandboxUnavailableException>(() => Of(Least with { Writable = [path] }));
        Assert.Throws<SandboxUnavailableException>(() => Of(Least with { Home = path }));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("/usr/../etc")]
    public void A_path_has_to_be_whole(string path) => Assert.Throws<ArgumentException>(() => Of(Least with { ReadOnly = [path] }));

    [Fact]
    public void A_slash_at_the_end_makes_no_difference() => Assert.Equal(Of(Least with { ReadOnly = ["/usr"] }), Of(Least with { ReadOnly = ["/usr/"] }));

    [Fact]
    public void A_user_name_cannot_write_lines_of_passwd()
    {
        Confinement hostile = Least with { Variables = ImmutableDictionary<string, string>.Empty.Add("USER", "x:x:0:0::/:/bin/sh\nroot") };
        string passwd = Encoding.UTF8.GetString(SyntheticFiles.For(hostile).Single(file => file.Path is "/etc/passwd").Content);
        Assert.Equal(3, passwd.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("\nuser:x:", passwd, StringComparison.Ordinal);
    }
}
