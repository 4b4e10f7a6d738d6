using System.Collections.Immutable;
using System.Text;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class ArgumentsTests
{
    private static readonly Confinement Least = new() { Home = "/home/ada", WorkingDirectory = "/usr" };

    private static List<string> Of(Confinement confinement, bool ownSession = true) => 
        [.. Arguments.Of(confinement, "/opt/sandpiper", ownSession, new HandedOver(8, 6, 5, null, [("/etc/passwd", 9)]))];

    private static ImmutableArray<ShownPath> Shown(PathAccess access, params string[] paths) =>
        [.. paths.Select(path => ShownPath.Needed(path, access))];

    [Fact]
    public void The_deeper_path_comes_later_and_what_may_be_written_over_what_is_read_at_its_place()
    {
        const string Place = "/tmp/sandpiper-arguments";
        Directory.CreateDirectory($"{Place}/a/b");
        Directory.CreateDirectory($"{Place}/a-b");
        List<string> arguments = Of(Least with
        {
            Home = $"{Place}/a",
            Shown =
            [
                .. Shown(PathAccess.Read, Place), .. Shown(PathAccess.Read, $"{Place}/a/b"),
                    .. Shown(PathAccess.Write, Place, $"{Place}/a-b"),
            ],
        });
        string[] order = [.. arguments.Zip(arguments.Skip(1)).Where(pair => pair.First is "--tmpfs" or "--ro-bind" or "--bind")
            .Select(pair => pair.Second).Where(path => path.StartsWith(Place, StringComparison.Ordinal))];
        Assert.Equal(["--ro-bind", "--bind"], arguments.Index().Where(a => a.Item == Place && arguments[a.Index - 1] != Place)
            .Select(a => arguments[a.Index - 1]));
        Assert.Equal([Place, Place, $"{Place}/a", $"{Place}/a-b", $"{Place}/a/b"], order);
        Directory.Delete(Place, recursive: true);
    }

    [Fact]
    public void It_is_shown_from_where_it_was_judged_to_where_it_was_asked_for()
    {
        string place = Directory.CreateTempSubdirectory("sandpiper-arguments-").FullName, link = Path.Join(place, "link");
        Directory.CreateSymbolicLink(link, "/usr/lib");
        List<string> arguments = Of(Least with { Shown = Shown(PathAccess.Read, link) });
        int at = arguments.IndexOf("/usr/lib");
        Assert.Equal(["--ro-bind", "/usr/lib", link], arguments[(at - 1)..(at + 2)]);
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public void What_bubblewrap_makes_itself_can_be_filled_by_nobody_once_everything_is_in_its_place()
    {
        List<string> arguments = Of(Least);
        foreach (string made in (string[])["/", "/dev"])
        {
            int closed = arguments.Index().Single(a => a.Item == made && arguments[a.Index - 1] is "--remount-ro").Index;
            Assert.DoesNotContain(arguments[closed..], a => a is "--tmpfs" or "--bind" or "--ro-bind" or "--dir" or "--symlink");
        }
    }

    [Fact]
    public void Every_directory_in_memory_has_a_size()
    {
        List<string> arguments = Of(Least);
        int[] places = [.. arguments.Index().Where(a => a.Item is "--tmpfs").Select(a => a.Index)];
        Assert.Equal(["/dev", "/dev/shm", "/home/ada", "/proc/1", "/tmp", "/var/tmp"], places.Select(at => arguments[at + 1])
            .Order(StringComparer.Ordinal));
        Assert.All(places, at =>
            Assert.True(arguments[at - 2] is "--size" && long.Parse(arguments[at - 1]) is > 0 and <= 1L << 30, arguments[at + 1]));
    }

    [Fact]
    public void The_second_stage_is_shown_from_its_place_or_copied()
    {
        Assert.Equal(["--ro-bind", "/opt/sandpiper", "/.sandpiper"], Before("/.sandpiper", Of(Least), 2));
        List<string> copied = [.. Arguments.Of(Least, "/opt/sandpiper", true, new HandedOver(8, 6, 7, 5, []))];
        Assert.Equal(["--perms", "0555", "--file", "5", "/.sandpiper"], Before("/.sandpiper", copied, 4));
        Assert.DoesNotContain("/opt/sandpiper", copied);

        static List<string> Before(string last, List<string> arguments, int count) =>
            arguments.IndexOf(last) is var at ? arguments[(at - count)..(at + 1)] : [];
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
        Assert.Throws<SandboxUnavailableException>(() => Of(Least with { Shown = Shown(PathAccess.Read, path) }));
        Assert.Throws<SandboxUnavailableException>(() => Of(Least with { Shown = Shown(PathAccess.Write, path) }));
        Assert.Throws<SandboxUnavailableException>(() => Of(Least with { Home = path }));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("/usr/../etc")]
    public void A_path_has_to_be_whole(string path) =>
        Assert.Throws<ArgumentException>(() => Of(Least with { Shown = Shown(PathAccess.Read, path) }));

    [Fact]
    public void A_slash_at_the_end_makes_no_difference() =>
        Assert.Equal(Of(Least with { Shown = Shown(PathAccess.Read, "/usr") }), Of(Least with { Shown = Shown(PathAccess.Read, "/usr/") }));

    [Fact]
    public void A_user_name_cannot_write_lines_of_passwd()
    {
        Confinement hostile = Least with { Variables = ImmutableDictionary<string, string>.Empty.Add("USER", "x:x:0:0::/:/bin/sh\nroot") };
        string passwd = Encoding.UTF8.GetString(SyntheticFiles.For(hostile).Single(file => file.Path is "/etc/passwd").Content);
        Assert.Equal(3, passwd.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("\nuser:x:", passwd, StringComparison.Ordinal);
    }
}
