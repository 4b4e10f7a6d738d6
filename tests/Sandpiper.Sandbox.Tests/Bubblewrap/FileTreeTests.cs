using System.Collections.Immutable;
using System.Text;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class FileTreeTests
{
    private static readonly Confinement Least = new() { Home = "/home/ada", WorkingDirectory = "/usr" };

    private static ImmutableArray<ShownPath> Shown(PathAccess access, params string[] paths) =>
        [.. paths.Select(path => ShownPath.Needed(path, access))];

    [Fact]
    public void The_deeper_path_comes_later_and_what_may_be_written_over_what_is_read_at_its_place()
    {
        string place = Directory.CreateTempSubdirectory("sandpiper-tree-").FullName;
        Directory.CreateDirectory($"{place}/a/b");
        Directory.CreateDirectory($"{place}/a-b");
        (string, MountLayer)[] order =
        [
            .. FileTree.Of(Least with
            {
                Home = $"{place}/a",
                Shown = [.. Shown(PathAccess.Read, $"{place}/a/b"), .. Shown(PathAccess.Write, place, $"{place}/a-b"),
                    .. Shown(PathAccess.Read, place)],
            }).Where(mount => mount.Path.StartsWith(place, StringComparison.Ordinal)).Select(mount => (mount.Path, mount.Layer)),
        ];
        Assert.Equal(
            [(place, MountLayer.ReadOnly), (place, MountLayer.Writable), ($"{place}/a", MountLayer.Home),
                ($"{place}/a-b", MountLayer.Writable), ($"{place}/a/b", MountLayer.ReadOnly)], order);
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public void It_is_shown_from_where_it_was_judged_to_where_it_was_asked_for()
    {
        string place = Directory.CreateTempSubdirectory("sandpiper-tree-").FullName, link = Path.Join(place, "link");
        Directory.CreateSymbolicLink(link, "/usr/lib");
        ShownPath judged = ShownPath.Needed(link, PathAccess.Read);
        Assert.Contains(new Mount.Shown(link, new("/usr/lib", judged.Identity), PathAccess.Read),
            FileTree.Of(Least with { Shown = [judged] }));
        Directory.Delete(place, recursive: true);
    }

    [Fact]
    public void Every_directory_in_memory_has_a_size()
    {
        Mount.Memory[] all = [.. FileTree.Of(Least).OfType<Mount.Memory>()];
        Assert.Equal(["/dev", "/dev/shm", "/home/ada", "/proc/1", "/tmp", "/var/tmp"], all.Select(memory => memory.Path));
        Assert.All(all, memory => Assert.InRange(memory.Bytes, 1, 1L << 30));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/proc")]
    [InlineData("/proc/1")]
    [InlineData("/dev/mem")]
    [InlineData("/sys/kernel")]
    public void What_would_undo_the_sandbox_is_not_shown(string path)
    {
        Assert.Throws<SandboxUnavailableException>(() => FileTree.Of(Least with { Shown = Shown(PathAccess.Read, path) }));
        Assert.Throws<SandboxUnavailableException>(() => FileTree.Of(Least with { Shown = Shown(PathAccess.Write, path) }));
        Assert.Throws<SandboxUnavailableException>(() => FileTree.Of(Least with { Home = path }));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("/usr/../etc")]
    public void A_path_has_to_be_whole(string path) =>
        Assert.Throws<ArgumentException>(() => FileTree.Of(Least with { Shown = Shown(PathAccess.Read, path) }));

    [Fact]
    public void A_slash_at_the_end_makes_no_difference() => Assert.Contains("/usr/lib",
        FileTree.Of(Least with { Shown = Shown(PathAccess.Read, "/usr/lib/") }).Select(mount => mount.Path));

    [Fact]
    public void A_user_name_cannot_write_lines_of_passwd()
    {
        Confinement hostile = Least with { Variables = ImmutableDictionary<string, string>.Empty.Add("USER", "x:x:0:0::/:/bin/sh\nroot") };
        string passwd = Encoding.UTF8.GetString(SyntheticFiles.For(hostile).Single(file => file.Path is "/etc/passwd").Content);
        Assert.Equal(3, passwd.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("\nuser:x:", passwd, StringComparison.Ordinal);
    }
}
