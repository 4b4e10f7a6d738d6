using System.Net.Sockets;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>Devices, displays and processors that a program is given: none of them unasked.</summary>
public sealed class HardwareTests : IDisposable
{
    private readonly Somebody _user = new();

    public HardwareTests() => Done(_user.Sandpiper(
        "install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));

    public void Dispose() => _user.Dispose();

    [Fact]
    public void A_device_is_there_when_it_is_granted_and_remembered_by_its_name()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "to put a device into /dev one has to be root");
        const string Look = "head -c 3 /dev/serial/by-id/board | od -An -tx1";
        Assert.Equal("", WithABoard($"run -- sh -c '{Look} 2>/dev/null'").Output.Trim());
        const string LookAround = $"{Look}; ls /dev/serial/by-id; ls /dev | grep -c tty";
        Outcome granted = WithABoard($"run --device /dev/serial/by-id/board -- sh -c '{LookAround}'");
        Assert.True(granted.Output is " 00 00 00\nboard\n1\n", $"{granted}"); // /dev/tty, and neither ttyUSB0 nor ttyUSB1
        Done(WithABoard("allow sh --device /dev/serial/by-id/board"));
        Assert.Contains("device /dev/serial/by-id/board", _user.Sandpiper("allow").Output, StringComparison.Ordinal);
        Assert.Equal(" 00 00 00\n", WithABoard($"run -- sh -c '{Look}'").Output);
        Assert.Contains("  devices     /dev/serial/by-id/board   g1", WithABoard("run --explain -- sh").Output, StringComparison.Ordinal);
        // Another one of that name tomorrow is what the name means; gone is gone.
        Outcome gone = _user.Sandpiper("run", "--", "sh", "-c", "true");
        Assert.True(gone.ExitCode is 125 && gone.Error.Contains("allow --withdraw g1", StringComparison.Ordinal), $"{gone}");
    }

    [Theory]
    [InlineData("/dev/loop9", "b 7 9", "it is a disk")]
    [InlineData("/dev/vdz", "b 254 99", "it is a disk")]
    [InlineData("/dev/mem9", "c 1 1", "memory of the machine")]
    [InlineData("/dev/board", "c 13 64", "keyboards and mice")]
    [InlineData("/dev/tty9", "c 4 9", "somebody works at it")]
    public void A_disk_a_keyboard_or_memory_is_nobodys_even_where_he_may_use_it_himself(string path, string node, string words)
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "to put a device into /dev one has to be root");
        Outcome refused = WithABoard($"run --device {path} -- true", $"mknod -m 666 {path} {node} || exit 77");
        Assert.SkipWhen(refused.ExitCode is 77, "no node can be made here");
        Assert.True(refused.ExitCode is 125 && refused.Error.Contains(words, StringComparison.Ordinal), $"{refused}");
    }

    [Fact]
    public void A_window_is_shown_through_one_socket_and_nothing_else_of_the_session_is_there()
    {
        string session = Directory.CreateDirectory(Path.Combine(_user.Place, "run")).FullName;
        using Socket compositor = Listening(Path.Combine(session, "wayland-7")), bus = Listening(Path.Combine(session, "bus"));
        _user.Variables["XDG_RUNTIME_DIR"] = session;
        _user.Variables["WAYLAND_DISPLAY"] = "wayland-7";
        _user.Write("window.py", """
            import os, socket
            directory = os.environ.get('XDG_RUNTIME_DIR', '/run/user')
            try: print(os.listdir(directory))
            except OSError: print('nothing')
            s = socket.socket(socket.AF_UNIX)
            try: s.connect(directory + '/' + os.environ.get('WAYLAND_DISPLAY', 'wayland-0')); print(s.recv(5).decode())
            except OSError: print('nobody')
            """);
        Task<Socket> asked = compositor.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.Equal("nothing\nnobody\n", _user.Sandpiper("run", "--", "python", "window.py").Output);
        Assert.False(asked.IsCompleted);
        Task answer = asked.ContinueWith(accepted => accepted.Result.Send("hello"u8), TestContext.Current.CancellationToken,
            TaskContinuationOptions.None, TaskScheduler.Default);
        Outcome shown = _user.Sandpiper("run", "--display", "--", "python", "window.py");
        Assert.True(shown is { Output: "['wayland-0']\nhello\n", Error: "" }, $"{shown}");
        Assert.Contains($"{session}/wayland-7: windows", _user.Sandpiper("run", "--display", "--explain", "--", "python").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_said_and_the_program_runs()
    {
        Outcome run = _user.Sandpiper("run", "--display", "--x11", "--", "python", "-c", "print('ran')");
        Assert.Equal("ran\n", run.Output);
        Assert.Contains("sandpiper: --display: there is no Wayland here", run.Error, StringComparison.Ordinal);
        Assert.Contains("sandpiper: --x11: there is no X server here", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_is_started_on_as_many_processors_as_it_was_given()
    {
        string[] words = ["--", "python", "-c", "import os; print(len(os.sched_getaffinity(0)))"];
        Assert.Equal("1\n", _user.Sandpiper(["run", "--cpus", "1", .. words]).Output);
        Assert.Equal(_user.Sandpiper(["run", .. words]).Output, _user.Sandpiper(["run", "--cpus", "8000", .. words]).Output);
        Assert.Equal(125, _user.Sandpiper(["run", "--cpus", "0", .. words]).ExitCode);
    }

    // Root's private /dev with a board at ttyUSB0, and what the user does there.
    private Outcome WithABoard(string words, string further = "true") => _user.RunAsTester(["/usr/bin/unshare", "-m", "/bin/sh", "-c", $"""
        set -e
        mount --make-rprivate /
        old=$(mktemp -d); mount --rbind /dev $old; mount -t tmpfs -o mode=755 none /dev
        for f in null zero full random urandom tty; do touch /dev/$f; mount --bind $old/$f /dev/$f; done
        mkdir -p /dev/pts /dev/shm /dev/serial/by-id; mount --rbind $old/pts /dev/pts; mount -t tmpfs -o mode=1777 none /dev/shm
        ln -s /proc/self/fd /dev/fd; ln -s pts/ptmx /dev/ptmx
        touch /dev/ttyUSB0 /dev/ttyUSB1; mount --bind $old/zero /dev/ttyUSB0; mount --bind $old/zero /dev/ttyUSB1
        ln -s ../../ttyUSB0 /dev/serial/by-id/board
        {further}
        exec {string.Join(' ', Somebody.AsUser)} '{PublishedCommand.Path}' {words}
        """]);

    private static Socket Listening(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        return socket;
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
