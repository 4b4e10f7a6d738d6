using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Denials;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Seccomp;
using Sandpiper.Sandbox.Tests.Driving;
using Sandpiper.Sandbox.Tried;

namespace Sandpiper.Sandbox.Tests.Tried;

public sealed class TriedCallsTests : IDisposable
{
    private const ulong ToRead = 0, ToWrite = 0x41;
    private const int NoAccess = 13, NoWay = 101, InProgress = 115;

    private readonly Ground _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void A_file_is_told_when_it_is_there_and_was_not_shown()
    {
        string secret = Path.Join(_ground.Elsewhere, "plan.txt");
        File.WriteAllText(secret, "");
        TriedReport report = Tried(_ground.Reading, tried =>
        {
            tried.See(Open(secret));
            tried.See(Open(secret));
            tried.See(new(PathUse.Look, _ground.SecretKey));
            tried.See(Open(Path.Join(_ground.Elsewhere, "absent")));
            tried.See(Open(Path.Join(_ground.Project, "data.txt")));    // shown
            tried.See(new(PathUse.Look, _ground.Root));                 // above what is shown, so there
            tried.See(Open("/usr/bin/env"));
            tried.See(Open("/etc/passwd"));                             // there, made up
            tried.See(Open("/proc/self/status"));
            tried.See(Open("/dev/null"));
            tried.See(Open("/var/tmp"));                                    // there, another one
        });
        Assert.Equal(
            [
                new(TriedKind.Key, _ground.SecretKey, 1),
                new(TriedKind.Unshown, secret, 2) { IsOpened = true },
            ], report.Things);
        Assert.Equal((0, 0, 0), (report.LeftOut, report.NotLooked, report.Unread));
    }

    [Fact]
    public void Where_libc_looks_for_names_is_not_told_beside_the_name()
    {
        // Which of them there are differs from machine to machine; a write to them is one like any other.
        string[] settings = [.. new[] { "/etc/resolv.conf", "/etc/host.conf", "/etc/gai.conf" }.Where(File.Exists)];
        Assert.NotEmpty(settings);
        TriedReport report = Tried(_ground.Reading, tried =>
        {
            foreach (string path in settings) tried.See(Open(path));
            tried.SeeName("example.org");
        });
        Assert.Equal(["example.org"], report.Things.Select(thing => thing.What));
        report = Tried(_ground.Reading, tried => tried.See(new(PathUse.Open, settings[0], ToWrite)));
        Assert.Equal(TriedKind.RefusedWrite, Assert.Single(report.Things).Kind);
    }

    [Fact]
    public void A_link_to_a_key_is_a_key()
    {
        string link = Path.Join(_ground.Elsewhere, "settings");
        File.CreateSymbolicLink(link, _ground.SecretKey);
        Assert.Equal(TriedKind.Key, Assert.Single(Tried(_ground.Reading, tried => tried.See(Open(link))).Things).Kind);
    }

    [Fact]
    public void A_write_says_what_would_have_to_be_granted_and_one_at_home_that_it_was_another_home()
    {
        string inside = Path.Join(_ground.Project, "sub/new"), outside = Path.Join(_ground.Elsewhere, "new"),
            start = Path.Join(_ground.Home, ".bashrc");
        File.WriteAllText(start, "");
        TriedReport report = Tried(_ground.Reading, tried =>
        {
            tried.See(Write(inside));
            tried.See(new(PathUse.Write, outside));
            tried.See(Write("/usr/lib/new"));
            tried.See(Write(start));
            tried.See(Open(start));                                     // its own by then
            tried.See(Write(Path.Join(_ground.Project, "__pycache__/a.pyc")));
            tried.See(Write("/var/tmp/new"));
            tried.See(Write("/dev/null"));
            tried.See(Write("/absent/new"));
        });
        Assert.Equal(
            [
                new(TriedKind.RefusedWrite, outside, 1) { Wanted = new(_ground.Elsewhere, null), Obstacle = WriteObstacle.NotShown },
                new(TriedKind.RefusedWrite, inside, 1) { Wanted = new(_ground.Project, null), Obstacle = WriteObstacle.ReadOnly },
                new(TriedKind.RefusedWrite, "/usr/lib/new", 1) { Obstacle = WriteObstacle.ReadOnly },
                new(TriedKind.HomeWrite, start, 1),
            ], report.Things);
    }

    [Fact]
    public void Where_it_may_write_only_a_protected_name_is_told()
    {
        string hook = Path.Join(_ground.Project, ".git/hooks/x");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        TriedReport report = Tried(_ground.Writing, tried =>
        {
            tried.See(Write(Path.Join(_ground.Project, "conftest.py")));    // none was there: it is its own
            tried.See(Write(Path.Join(_ground.Project, "new")));
            tried.See(Write(hook));
        });
        Assert.Equal(
            [new(TriedKind.RefusedWrite, hook, 1)
            {
                Wanted = new(null, Path.Join(_ground.Project, ".git")), Obstacle = WriteObstacle.Protected,
            }], report.Things);
    }

    [Fact]
    public void Hosts_and_services_are_told_with_what_came_of_it_and_its_own_are_not()
    {
        string socket = Path.Join(_ground.Elsewhere, "service");
        File.WriteAllText(socket, "");
        TriedReport report = Tried(_ground.Reading, tried =>
        {
            tried.SeeName("example.org");
            tried.SeeConnection([2, 0, 1, 187, 93, 184, 216, 34], NoWay);
            tried.SeeConnection([2, 0, 0x15, 0x38, 127, 0, 0, 1], 111);
            tried.SeeConnection([2, 0, 0x15, 0x38, 127, 0, 0, 1], 111);
            tried.SeeConnection([10, 0, 0, 80, 0, 0, 0, 0, .. new byte[15], 1, 0, 0, 0, 0], 0);     // a server of its own
            tried.SeeConnection([2, 0, 0, 53, 127, 0, 0, 1], 0);                                    // who would know names
            tried.SeeConnection([2, 0, 1], 0);
            tried.SeeConnection([0, 0], 0);
            tried.SeeLocalConnection(socket, NoAccess);
            tried.SeeLocalConnection("/absent/socket", 2);
            tried.SeeLocalConnection("/var/tmp/absent", 2);
            tried.SeeLocalConnection("/var/tmp/own", 0);
        });
        Assert.Equal(
            [
                new(TriedKind.Host, "127.0.0.1:5432", 2) { IsOpened = true, Errno = 111 },
                new(TriedKind.Host, "93.184.216.34:443", 1) { IsOpened = true, Errno = NoWay },
                new(TriedKind.Host, "example.org", 1),
                new(TriedKind.LocalSocket, socket, 1) { IsOpened = true, Errno = NoAccess },
            ], report.Things);
        // Who does not wait is told that it has begun; so are we.
        byte[] there = [2, 0, 0x15, 0x38, 127, 0, 0, 1], elsewhere = [2, 0, 0x15, 0x38, 127, 0, 0, 2];
        byte[] messages = [2, 0, 0, 123, 127, 0, 0, 3];
        report = Tried(_ground.Reading with { HostNetwork = true }, tried =>
        {
            tried.SeeConnection(messages, 0, isAnswered: false);
            tried.SeeConnection(elsewhere, InProgress);
            tried.SeeConnection(there, InProgress);
            tried.SeeConnection(there, 0);
        });
        Assert.Equal([(true, false, 0), (false, true, InProgress), (false, true, 0)],
            report.Things.Select(thing => (thing.IsReached, thing.IsBegun, thing.Errno)));
        Assert.Empty(Tried(_ground.Reading, tried => tried.SeeConnection(there, InProgress)).Things); // a server of its own
    }

    [Fact]
    public void A_program_is_told_where_it_is_and_not_along_the_path()
    {
        TriedReport report = Tried(_ground.Reading, tried =>
        {
            foreach (string path in (string[])["/usr/local/bin/env", "/usr/bin/env", "/usr/bin/env", "/var/tmp/dropped"])
                tried.See(new(PathUse.Start, path));
        });
        Assert.Equal([new(TriedKind.Program, "/usr/bin/env", 2), new(TriedKind.Program, "/var/tmp/dropped", 1)], report.Things);
    }

    [Fact]
    public void A_flood_is_counted_and_hides_no_key()
    {
        TriedReport report = Tried(_ground.Reading, tried =>
        {
            for (int i = 0; i < 20_000; i++) tried.See(Open($"{_ground.Elsewhere}/{i}"));
            for (int i = 0; i < 1000; i++) tried.See(new(PathUse.Start, $"/var/tmp/{i}"));
            for (int i = 0; i < 1000; i++) tried.SeeName($"{i}.example.org");
            tried.See(Open(_ground.SecretKey));
            tried.See(Open($"{_ground.Elsewhere}/{new string('x', 2000)}"));
        });
        Assert.Equal(_ground.SecretKey, report.Things[0].What);
        Assert.Equal(20_000 - 16_384 + 1000 - 256 + 1000 - 256 + 1, report.LeftOut);
        Assert.InRange(report.Things.Length, 1, 600);
        report = Tried(_ground.Reading, tried =>
        {
            for (int i = 0; i < 4000; i++) tried.See(Open($"/{i}{new string('x', 1000)}"));
        });
        Assert.InRange(report.LeftOut, 1500, 2500);
    }

    private static AskedPath Open(string path) => new(PathUse.Open, path, ToRead);

    private static AskedPath Write(string path) => new(PathUse.Open, path, ToWrite);

    private static TriedReport Tried(Confinement confinement, Action<TriedCalls> what)
    {
        var environment = new InstalledEnvironment("/absent", [], "/absent/bin", "/usr", "/absent/store", "/absent");
        // The ground lies in /tmp, and is to be seen.
        var tried = new TriedCalls(confinement, new DeniedWrites(confinement, environment),
            [.. FileTree.OwnPlaces(confinement).Except(["/tmp"], StringComparer.Ordinal), "/etc/passwd"], ["/var/tmp", "/dev/shm"]);
        what(tried);
        return tried.End();
    }
}
