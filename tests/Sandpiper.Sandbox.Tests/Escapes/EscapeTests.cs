using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Tests.Driving;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Escapes;

/// <summary>Attacks, each first without the sandbox, where it bites, then with it. What happened is judged from outside.</summary>
public sealed class EscapeTests(Ground ground) : IClassFixture<Ground>
{
    private const string Bitten = "bitten";

    // Never the attacker's word alone where there is another witness; where there is none, he must at least
    // have said it without the sandbox.
    private void IsStopped(string attack, Confinement? confinement = null, params ImmutableArray<string> arguments)
    {
        Assert.Contains(Bitten, ground.PlainPython(attack, arguments).Output, StringComparison.Ordinal);
        Outcome confined = ground.ConfinedPython(confinement ?? ground.Reading, attack, arguments);
        Assert.True(confined.ExitCode != Driver.NoSandbox && !confined.Output.Contains(Bitten, StringComparison.Ordinal),
            confined.ToString());
    }

    [Fact]
    public void A_key_in_the_users_home_is_not_read() =>
        IsStopped("import sys; print('bitten' if open(sys.argv[1]).read()=='decoy-key' else '')", null, ground.SecretKey);

    [Fact]
    public void A_file_elsewhere_is_not_written_and_a_shown_one_is_not_changed()
    {
        string elsewhere = Path.Join(ground.Elsewhere, "planted");
        string shown = Path.Join(ground.Project, "kept.txt");
        const string Attack = "import sys; open(sys.argv[1],'w').write('bitten')";
        foreach (string target in (string[])[elsewhere, shown])
        {
            File.WriteAllText(target, "as it was");
            ground.Own();
            ground.ConfinedPython(ground.Reading, Attack, target);
            Assert.Equal("as it was", File.ReadAllText(target));
            ground.PlainPython(Attack, target);
            Assert.Equal(Bitten, File.ReadAllText(target));
        }
    }

    [Fact]
    public void What_is_protected_in_a_writable_directory_is_neither_changed_nor_replaced_nor_moved()
    {
        string hooks = Directory.CreateDirectory(Path.Join(ground.Project, ".git", "hooks")).FullName;
        ground.Own();
        const string Attack = """
            import os, sys
            g = sys.argv[1]
            for attempt in (lambda: open(g+'/hooks/pre-commit','w').write('bitten'),
                            lambda: (os.rename(g, g+'2'), os.makedirs(g+'/hooks'), open(g+'/hooks/pre-commit','w').write('bitten'))):
                try: attempt()
                except OSError: pass
            """;
        Outcome outcome = ground.ConfinedPython(ground.Writing, Attack, Path.Join(ground.Project, ".git"));
        Assert.Equal(new Outcome(0, "", ""), outcome);
        Assert.Empty(Directory.EnumerateFileSystemEntries(hooks));
        ground.PlainPython(Attack, Path.Join(ground.Project, ".git"));
        Assert.True(File.Exists(Path.Join(hooks, "pre-commit")));
    }

    [Fact]
    public void Other_processes_are_neither_seen_nor_signalled()
    {
        using Process victim = ground.AsOrdinaryUser(["/usr/bin/sleep", "600"]);
        const string Attack = "import os,sys; os.kill(int(sys.argv[1]), 9); print('bitten')";
        Outcome confined = ground.ConfinedPython(ground.Reading, Attack, $"{victim.Id}");
        Assert.Contains("ProcessLookupError", confined.Errors, StringComparison.Ordinal);
        Assert.False(victim.HasExited);
        Assert.Equal(Bitten, ground.PlainPython(Attack, $"{victim.Id}").Output);
        Assert.True(victim.WaitForExit(Patience.Endless));
    }

    [Fact]
    public void An_inherited_descriptor_does_not_get_in()
    {
        // A shell opens the key as 9 and leaves it open, as careless launchers do.
        const string Attack = "import os; print('bitten' if os.read(9,100)==b'decoy-key' else '')";
        Assert.Equal(Bitten, ThroughShell(["/usr/bin/python3", "-I", "-c", Attack]).Output);
        Outcome confined = ThroughShell(Ground.ConfinedCommand(ground.Reading, "/usr/bin/python3", "-I", "-c", Attack));
        Assert.Contains("Bad file descriptor", confined.Errors, StringComparison.Ordinal);

        Outcome ThroughShell(ImmutableArray<string> command) =>
            Ground.Finish(ground.AsOrdinaryUser(["/bin/sh", "-c", "exec 9<\"$0\"; exec \"$@\"", ground.SecretKey, .. command]));
    }

    [Fact]
    public void It_is_left_with_its_standard_streams_alone()
    {
        Outcome outcome = ground.Confined(ground.Reading, "/usr/bin/ls", "/proc/self/fd");
        Assert.Equal("0\n1\n2\n3", outcome.Output); // 3 is the directory being listed
    }

    [Fact]
    public void The_environment_of_the_caller_is_not_passed_on() =>
        IsStopped("""
            import glob
            for f in glob.glob('/proc/[0-9]*/environ'):
                try:
                    if b'decoy-token' in open(f,'rb').read(): print('bitten')
                except OSError: pass
            """);

    [Fact]
    public void The_session_keyring_is_another()
    {
        // keyctl 250, add_key 248: x86-64. A key that a login left for its programs, then a child of that login that reads it.
        Assert.SkipUnless(
            System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "numbers of x86-64");
        const string Login = """
            import ctypes, os, sys, time
            c = ctypes.CDLL(None, use_errno=True)
            if c.syscall(250, 1, None, 0, 0, 0) < 0: sys.exit('no keyrings here')
            for attempt in range(20):
                if c.syscall(248, b'user', b'login', b'decoy-ticket', ctypes.c_size_t(12), -3) >= 0: break
                time.sleep(.1) # a user's keys are counted, and those that just ended still count for a moment
            else: sys.exit(f'no key: errno {ctypes.get_errno()}')
            os.execv(sys.argv[1], sys.argv[1:])
            """;
        const string Attack = """
            import ctypes
            c = ctypes.CDLL(None)
            key = c.syscall(250, 10, -3, b'user', b'login', 0)
            b = ctypes.create_string_buffer(64)
            c.syscall(250, 11, key, b, ctypes.c_size_t(64), 0)
            print('bitten' if b.value == b'decoy-ticket' else 'nothing')
            print(open('/proc/keys').read().count('login'))
            """;
        ImmutableArray<string> attack = ["/usr/bin/python3", "-I", "-c", Attack];
        Outcome plain = InLogin(attack);
        Assert.SkipWhen(plain.Errors.StartsWith("no key: errno 122", StringComparison.Ordinal), "this user has had too many keys just now");
        Assert.StartsWith(Bitten, plain.Output, StringComparison.Ordinal);
        Assert.Equal("nothing\n0", InLogin(Ground.ConfinedCommand(ground.Reading, attack)).Output);

        Outcome InLogin(ImmutableArray<string> command) =>
            Ground.Finish(ground.AsOrdinaryUser(["/usr/bin/python3", "-I", "-c", Login, .. command]));
    }

    // The filter of calls alone would hide the caller's keyring from the program: that it has another is seen from outside.
    [Fact]
    public void While_it_runs_its_user_has_one_session_keyring_more()
    {
        Assert.SkipUnless(Ground.IsRoot, "only root can be a user whose keyrings nobody else makes");
        string user = $"{Random.Shared.Next(500_000, 600_000)}";
        Assert.SkipUnless(File.Exists("/proc/keys"), "this kernel has no keyrings");
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "numbers of x86-64");
        Process confined = As(["/usr/bin/python3", "-I", "-c",
            "import ctypes, os, sys; ctypes.CDLL(None).syscall(250, 1, None, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])",
            .. Ground.ConfinedCommand(
                ground.Reading with { Shown = [], WorkingDirectory = "/" }, "/bin/sh", "-c", "echo started; read line")]);
        Assert.Equal("started", confined.StandardOutput.ReadLine());
        string keyrings = Ground.Finish(
            As(["/usr/bin/awk", $"$6 == {user} && $9 ~ /^_ses/ {{ n++ }} END {{ print n + 0 }}", "/proc/keys"])).Output;
        Ground.Finish(confined, "\n");
        Assert.SkipWhen(keyrings is "0", "a container's filter keeps keyrings from us");
        Assert.Equal("2", keyrings); // the login's, and that of the run

        Process As(ImmutableArray<string> command) =>
            ground.Start("/usr/bin/setpriv", ["--reuid", user, "--regid", user, "--clear-groups", "--", .. command]);
    }

    [Fact]
    public void A_service_on_the_hosts_loopback_is_not_reached()
    {
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        const string Attack = "import socket,sys; socket.create_connection(('127.0.0.1',int(sys.argv[1])),5); print('bitten')";
        string port = $"{((IPEndPoint)service.LocalEndpoint).Port}";
        ground.ConfinedPython(ground.Reading, Attack, port);
        Assert.False(service.Pending());
        ground.PlainPython(Attack, port);
        Assert.True(service.Pending());
    }

    [Fact]
    public void An_abstract_socket_of_the_host_is_not_reached()
    {
        using var service = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string name = $"sandpiper-{Guid.NewGuid():N}";
        service.Bind(new UnixDomainSocketEndPoint("\0" + name));
        service.Listen();
        IsStopped("import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect('\\0'+sys.argv[1]); print('bitten')", null, name);
    }

    [Fact]
    public void There_is_no_second_user_namespace()
    {
        IsStopped("import ctypes; print('bitten' if ctypes.CDLL(None).unshare(0x10000000)==0 else '')");
        // clone is not the filter's business: this one the kernel refuses, for the count of namespaces is used up.
        IsStopped("import ctypes,os\nr=ctypes.CDLL(None).syscall(56, 0x10000000|17, 0, 0, 0, 0)\n"
            + "if r==0: os._exit(0)\nprint('bitten' if r>0 else '')");
    }

    [Theory]
    [InlineData("import socket; socket.socket(38, socket.SOCK_SEQPACKET); print('bitten')")]
    [InlineData("import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15); print('bitten')")]
    [InlineData("import ctypes; b=ctypes.create_string_buffer(120); print('bitten' if ctypes.CDLL(None).syscall(425, 4, b)>0 else '')")]
    public void Rare_parts_of_the_kernel_are_out_of_reach(string attack)
    {
        Assert.SkipUnless(ground.PlainPython(attack).Output == Bitten, "this kernel does not have it");
        IsStopped(attack);
    }

    [Fact]
    public void Characters_are_not_typed_into_the_users_terminal()
    {
        // The leading process of a terminal runs the attack and then looks what its shell would read next.
        const string Shell = """
            import fcntl, os, pty, select, sys, termios
            child, terminal = pty.fork()
            if child == 0:
                attributes = termios.tcgetattr(0)
                attributes[3] &= ~(termios.ICANON | termios.ECHO)
                termios.tcsetattr(0, termios.TCSANOW, attributes)
                os.spawnv(os.P_WAIT, sys.argv[1], sys.argv[1:])
                typed = os.read(0, 100) if select.select([0], [], [], 0)[0] else b''
                os.write(1, b'[' + typed + b']')
                os._exit(0)
            seen = b''
            try:
                while chunk := os.read(terminal, 4096): seen += chunk
            except OSError: pass
            os.waitpid(child, 0)
            print(seen.decode())
            """;
        // The second request has its high word set: the kernel does not look at it.
        const string Attack = """
            import ctypes
            c = ctypes.CDLL(None)
            for request in (0x5412, 0x5412 | 1 << 40):
                for letter in b'rm\n': c.syscall(16, ctypes.c_long(0), ctypes.c_ulong(request), ctypes.byref(ctypes.c_char(letter)))
            """;
        const string setting = "/proc/sys/dev/tty/legacy_tiocsti";
        Assert.SkipUnless(File.Exists(setting) && File.ReadAllText(setting).Trim() is "1", "this kernel forbids it to everybody");
        ImmutableArray<string> attack = ["/usr/bin/python3", "-I", "-c", Attack];
        Assert.Contains("[rm\n", OnTerminal(attack).ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.EndsWith("[]", OnTerminal(Ground.ConfinedCommand(ground.Reading, attack)), StringComparison.Ordinal);

        string OnTerminal(ImmutableArray<string> command) =>
            Ground.Finish(ground.AsOrdinaryUser(["/usr/bin/python3", "-I", "-c", Shell, .. command])).Output;
    }

    [Fact]
    public void A_call_with_32_bit_numbers_kills()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "there is no compiler here");
        // getpid is 20 in the table of i386; with x86-64's numbers 20 is writev.
        string source = Path.Join(ground.Project, "int80.c");
        string program = Path.Join(ground.Project, "int80");
        File.WriteAllText(source, "int printf(const char*, ...); int main(void) { int r; "
            + """__asm__ volatile("int $0x80" : "=a"(r) : "a"(20)); printf(r > 0 ? "bitten" : "no"); return 0; }""");
        ground.Own();
        Outcome built = Ground.Finish(ground.Start("/usr/bin/gcc", ["-o", program, source]));
        Assert.True(built.ExitCode == 0, built.ToString());
        ground.Own();
        Assert.SkipUnless(Ground.Finish(ground.AsOrdinaryUser([program])).Output == Bitten, "this kernel has no 32-bit calls");
        Assert.Equal(new Outcome(128 + 31, "", ""), ground.Confined(ground.Reading, program)); // SIGSYS
    }

    [Fact]
    public void The_system_around_it_cannot_be_written()
    {
        Outcome outcome = ground.Confined(
            ground.Reading, "/bin/sh", "-c",
            "for d in / /etc /usr /usr/lib /dev /run /var /root /sys; do touch $d/x 2>/dev/null && echo $d; done; echo done");
        Assert.Equal("done", outcome.Output);
    }

    [Fact]
    public void The_kernels_settings_cannot_be_written() =>
        Assert.NotEqual(0, ground.ConfinedPython(ground.Reading, "open('/proc/sys/kernel/core_pattern','w')").ExitCode);

    [Fact]
    public void Of_etc_only_what_is_public_is_there()
    {
        string[] harmless =
        [
            "alternatives", "ca-certificates", "fonts", "group", "hostname", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d",
            "localtime", "magic", "mime.types", "nsswitch.conf", "passwd", "protocols", "services", "ssl", "timezone",
        ];
        string[] seen = ground.Confined(ground.Reading, "/usr/bin/ls", "/etc").Output.Split('\n');
        Assert.DoesNotContain(seen.Except(harmless), name => !name.StartsWith("python3", StringComparison.Ordinal));
        Assert.Contains("passwd", seen);
    }

    [Fact]
    public void Root_is_refused()
    {
        Assert.SkipUnless(Ground.IsRoot, "we are not root");
        Outcome outcome = Ground.Finish(ground.Start(Driver.Program, Driver.ArgumentsFor(ground.Reading, [], ["/usr/bin/true"])));
        Assert.Equal(Driver.NoSandbox, outcome.ExitCode);
        Assert.Contains(nameof(SandboxObstacle.RootHeld), outcome.Errors, StringComparison.Ordinal);
    }
}
