using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Sockets;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Escapes;

/// <summary>Whom a confined program can speak to; whether somebody was spoken to is asked of him.</summary>
public sealed class ConnectionTests(Ground ground) : IClassFixture<Ground>
{
    // In the project: bound by every kind of name, some with another by now. Says how many came.
    private const string Services = """
        import os, select, socket, sys
        os.makedirs('sub', exist_ok=True); os.makedirs('old', exist_ok=True)
        here = os.getcwd() + '/'
        bound = {}
        def bind(name, kind=socket.SOCK_STREAM):
            s = socket.socket(socket.AF_UNIX, kind); s.bind(name)
            if kind != socket.SOCK_DGRAM: s.listen(9)
            bound[name] = s
        for name in (here + 'absolute', 'relative', './dotted', 'sub/below', here + 'sp ace', here + 'new\nline', 'moved0', 'linked0',
                     here + 'old/within'):
            bind(name)
        bind('whole', socket.SOCK_SEQPACKET); bind('datagrams', socket.SOCK_DGRAM)
        os.rename('moved0', 'moved'); os.link('linked0', 'linked'); os.rename('old', 'new')
        print('ready', flush=True)
        sys.stdin.readline()
        bind('later')
        print('bound', flush=True)
        sys.stdin.readline()
        print(len(select.select(list(bound.values()), [], [], 0)[0]), flush=True)
        """;

    private const string SpeakToAll = """
        import os, socket
        def to(name, kind=socket.SOCK_STREAM):
            s = socket.socket(socket.AF_UNIX, kind); s.settimeout(5)
            s.sendto(b'x', name) if kind == socket.SOCK_DGRAM else s.connect(name)
        names = ['absolute', 'relative', 'dotted', 'sub/below', 'sp ace', 'new\nline', 'moved', 'linked', 'new/within', 'later']
        for name in names + [os.getcwd() + '/' + n for n in names] + ['./sub/../relative', '/proc/self/cwd/relative']:
            try: to(name)
            except OSError: pass
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try: to({socket.SOCK_SEQPACKET: 'whole'}.get(kind, 'datagrams'), kind)
            except OSError: pass
        try: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', 'datagrams')
        except OSError: pass
        os.symlink(os.getcwd() + '/relative', '/tmp/link')
        try: to('/tmp/link')
        except OSError: pass
        print('done')
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_service_in_what_is_shown_hears_of_it_whatever_its_name_has_become(bool writable)
    {
        Assert.Equal(0, Reached(null));
        Assert.Equal(0, Reached(writable ? ground.Writing : ground.Reading));
        Assert.Equal(12, Reached(new Func<string, Outcome>(
            attack => ground.PlainPython(attack.Replace("/tmp/link", $"{ground.Project}/link", StringComparison.Ordinal)))));

        int Reached(object? how)
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(ground.Project).ToList())
            {
                if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
                else if (Path.GetFileName(entry) is not "data.txt") File.Delete(entry);
            }
            using Process services = ground.AsOrdinaryUser(["/usr/bin/python3", "-I", "-c", Services]);
            Assert.Equal("ready", services.StandardOutput.ReadLine());
            services.StandardInput.WriteLine();
            Assert.Equal("bound", services.StandardOutput.ReadLine());
            Outcome? outcome = how switch
            {
                Confinement confinement => ground.ConfinedPython(confinement, SpeakToAll),
                Func<string, Outcome> plainly => plainly(SpeakToAll),
                _ => null,
            };
            Assert.True(outcome is null || outcome.Output is "done", $"{outcome}");
            services.StandardInput.WriteLine();
            int came = int.Parse(services.StandardOutput.ReadLine()!);
            services.WaitForExit();
            return came;
        }
    }

    [Fact]
    public void A_service_made_after_the_start_is_not_reached()
    {
        string name = Path.Join(ground.Project, "late");
        const string Attack = """
            import socket, sys, time
            print('waiting', flush=True); sys.stdin.readline()
            s = socket.socket(socket.AF_UNIX)
            try: s.connect('late')
            except PermissionError: print('refused')
            """;
        using Process confined = ground.StartConfined(ground.Reading, "/usr/bin/python3", "-I", "-c", Attack);
        Assert.Equal("waiting", confined.StandardOutput.ReadLine());
        using var service = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        service.Bind(new UnixDomainSocketEndPoint(name));
        service.Listen();
        File.SetUnixFileMode(name, (UnixFileMode)0b111_111_111);
        confined.StandardInput.WriteLine();
        Assert.Equal("refused", confined.StandardOutput.ReadLine());
        Assert.False(service.Poll(0, SelectMode.SelectRead));
        confined.WaitForExit();
        File.Delete(name);
    }

    [Fact]
    public void A_service_that_is_shown_by_its_own_name_is_reached()
    {
        string name = Path.Join(ground.Elsewhere, "granted");
        using var service = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        service.Bind(new UnixDomainSocketEndPoint(name));
        service.Listen();
        ground.Own();
        Confinement granted = ground.Reading with { Shown = ground.Reading.Shown.Add(ShownPath.Needed(name, PathAccess.Read)) };
        Outcome outcome = ground.ConfinedPython(granted,
            "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); print('reached')", name);
        Assert.Equal(new Outcome(0, "reached", ""), outcome);
        Assert.True(service.Poll(0, SelectMode.SelectRead));
        File.Delete(name);
    }

    // Threads have numbers of their own, and a socket that does not wait says so.
    private const string Inside = """
        import os, select, socket, tempfile, threading
        os.chdir(tempfile.mkdtemp())
        served = socket.socket(socket.AF_UNIX); served.bind('s'); served.listen(50)
        abstract = socket.socket(socket.AF_UNIX); abstract.bind('\0s'); abstract.listen(50)
        tcp = socket.create_server(('127.0.0.1', 0))
        def to(name):
            s = socket.socket(socket.AF_UNIX); s.connect(name)
        def all():
            for name in ('s', './s', os.getcwd() + '/s', '\0s'): to(name)
            socket.create_connection(tcp.getsockname()).close()
        all()
        others = [threading.Thread(target=all) for _ in range(9)]
        for t in others: t.start()
        for t in others: t.join()
        patient = socket.socket(); patient.setblocking(False)
        try: patient.connect(tcp.getsockname())
        except BlockingIOError: select.select([], [patient], [])
        print(patient.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        for name, kind in (('absent', FileNotFoundError), ('s/below', NotADirectoryError), (os.getcwd(), ConnectionRefusedError)):
            try: to(name); print(name)
            except kind: pass
        try: socket.create_connection(('127.0.0.1', 1)); print('port 1')
        except ConnectionRefusedError: pass
        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.connect(tcp.getsockname())
        if os.fork() == 0:
            all(); os._exit(0)
        print(os.wait()[1])
        """;

    [Fact]
    public void Everything_inside_can_speak_to_everything_inside() =>
        Assert.Equal(new Outcome(0, "0\n0", ""), ground.ConfinedPython(ground.Reading, Inside));

    // Blocked as long as the other has no room, without keeping anybody else waiting; then interrupted.
    [Fact]
    public void Who_waits_for_a_connection_keeps_nobody_else_waiting()
    {
        const string Waiting = """
            import os, signal, socket, threading
            full = socket.socket(socket.AF_UNIX); full.bind('/tmp/full'); full.listen(0)
            free = socket.socket(socket.AF_UNIX); free.bind('/tmp/free'); free.listen(9)
            def to(name):
                s = socket.socket(socket.AF_UNIX); s.connect(name); return s
            held = to('/tmp/full')
            waiting = [threading.Thread(target=to, args=('/tmp/full',), daemon=True) for _ in range(20)]
            for t in waiting: t.start()
            for _ in range(9): to('/tmp/free')
            class Alarm(Exception): pass
            def ring(*_): raise Alarm
            signal.signal(signal.SIGALRM, ring); signal.setitimer(signal.ITIMER_REAL, 0.1)
            try: to('/tmp/full')
            except Alarm: print('interrupted', flush=True)
            os._exit(0)
            """;
        Assert.Equal(new Outcome(0, "interrupted", ""), ground.ConfinedPython(ground.Reading, Waiting));
    }

    // Socket activation, inetd, `nc -e`: the socket was made in the host's network.
    [Theory]
    [InlineData("SOCK_STREAM", 0)]
    [InlineData("SOCK_DGRAM", Driver.NoSandbox)]
    public void A_socket_as_standard_stream_leads_nowhere_else(string kind, int exitCode)
    {
        const string Start = """
            import select, socket, subprocess, sys
            kind = getattr(socket, sys.argv[1])
            first = socket.socket(socket.AF_INET, kind); first.bind(('127.0.0.1', 0))
            other = socket.socket(socket.AF_INET, kind); other.bind(('127.0.0.1', 0))
            if kind == socket.SOCK_STREAM: first.listen(); other.listen()
            mine = socket.socket(socket.AF_INET, kind); mine.connect(first.getsockname())
            command = [a.replace('PORT', str(other.getsockname()[1])) for a in sys.argv[2:]]
            done = subprocess.run(command, stdin=mine, stderr=subprocess.DEVNULL)
            print(done.returncode, len(select.select([other], [], [], 0)[0]))
            """;
        const string Attack = """
            import ctypes, socket, sys
            to = ('127.0.0.1', int(sys.argv[1]))
            libc = ctypes.CDLL(None)
            libc.connect(0, b'\0' * 16, 16)
            s = socket.socket(fileno=0)
            for attempt in (lambda: s.connect(to), lambda: s.sendto(b'x', to), lambda: s.sendto(b'x', 0x20000000, to)):
                try: attempt()
                except OSError: pass
            """;
        Outcome confined = Ground.Finish(ground.AsOrdinaryUser(["/usr/bin/python3", "-I", "-c", Start, kind,
            .. Ground.ConfinedCommand(ground.Reading, "/usr/bin/python3", "-I", "-c", Attack, "PORT")]));
        Assert.Equal(new Outcome(0, $"{exitCode} 0", ""), confined);
        Outcome plain = Ground.Finish(ground.AsOrdinaryUser(["/usr/bin/python3", "-I", "-c", Start, kind,
            "/usr/bin/python3", "-I", "-c", Attack, "PORT"]));
        Assert.Equal(new Outcome(0, "0 1", ""), plain);
    }

    // With the network granted these are in the same namespace; a name in the file system still is not.
    [Fact]
    public void The_network_is_no_grant_to_speak_to_local_services()
    {
        string name = $"sandpiper-{Guid.NewGuid():N}";
        using var service = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        service.Bind(new UnixDomainSocketEndPoint("\0" + name));
        service.Listen();
        const string Attack = "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect('\\0'+sys.argv[1]); print('bitten')";
        Outcome outcome = ground.ConfinedPython(ground.Reading with { HostNetwork = true }, Attack, name);
        Assert.Contains("PermissionError", outcome.Errors, StringComparison.Ordinal);
        Assert.False(service.Poll(0, SelectMode.SelectRead));
        Assert.Equal("bitten", ground.PlainPython(Attack, name).Output);
    }

    // The address is changed by another thread while somebody outside may be looking at it.
    [Fact]
    public void An_address_that_changes_while_it_is_judged_leads_nowhere_else()
    {
        string name = Path.Join(ground.Project, "watched");
        using var service = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        service.Bind(new UnixDomainSocketEndPoint(name));
        service.Listen(9);
        ground.Own();
        const string Attack = """
            import ctypes, os, socket, sys, threading
            inside = socket.socket(socket.AF_UNIX); inside.bind('/tmp/s'); inside.listen(100)
            def address(path): return (b'\1\0' + path.encode()).ljust(110, b'\0')
            good, bad = address('/tmp/s'), address(sys.argv[1])
            memory = ctypes.create_string_buffer(good, 110)
            stop = False
            def swap():
                while not stop:
                    ctypes.memmove(memory, bad, 110); ctypes.memmove(memory, good, 110)
            t = threading.Thread(target=swap); t.start()
            libc = ctypes.CDLL(None)
            reached = 0
            for _ in range(300):
                s = socket.socket(socket.AF_UNIX)
                if libc.connect(s.fileno(), memory, 110) == 0: reached += 1; inside.accept()[0].close()
                s.close()
            stop = True; t.join()
            print(reached > 0)
            """;
        Assert.Equal(new Outcome(0, "True", ""), ground.ConfinedPython(ground.Reading, Attack, name));
        Assert.False(service.Poll(0, SelectMode.SelectRead));
        File.Delete(name);
    }
}
