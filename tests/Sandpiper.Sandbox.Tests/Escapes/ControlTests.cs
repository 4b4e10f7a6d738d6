using System.Diagnostics;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Escapes;

/// <summary>What has to work: a sandbox that breaks programs gets switched off.</summary>
public sealed class ControlTests(Ground ground) : IClassFixture<Ground>
{
    private void Works(string script, string expected, Confinement? confinement = null)
    {
        Outcome outcome = ground.ConfinedPython(confinement ?? ground.Reading, script);
        Assert.Equal(new Outcome(0, expected, ""), outcome);
    }

    [Fact]
    public void It_reads_what_is_shown() => Works("print(open('data.txt').read())", "project data");

    [Fact]
    public void Its_home_is_private_empty_and_writable() =>
        Works("import os; h=os.path.expanduser('~'); open(h+'/x','w').write('1'); print(sorted(os.listdir(h)))", "['project', 'x']");

    [Fact]
    public void What_it_fills_in_memory_has_an_end() => Works(
        "import os\nfor p in ('/tmp', os.path.expanduser('~'), '/dev/shm', '/var/tmp'): "
            + "s=os.statvfs(p); print(s.f_blocks*s.f_frsize >> 20, s.f_files)",
        "1024 262144\n256 65536\n1024 262144\n64 16384");

    [Fact]
    public void It_knows_its_user() =>
        Works("import pwd,os,getpass; print(pwd.getpwuid(os.getuid()).pw_name, getpass.getuser())", "ada ada");

    [Fact]
    public void Processes_share_memory_and_locks() => Works(
        "import multiprocessing as m\nif __name__=='__main__':\n c=m.get_context('fork'); l=c.Lock(); q=c.Queue(); "
            + "p=c.Process(target=lambda: q.put(7)); p.start(); print(q.get()); p.join()",
        "7");

    [Fact]
    public void A_server_on_its_own_loopback_is_reached_by_name() => Works(
        "import socket; s=socket.create_server(('localhost',0)); c=socket.create_connection(('localhost',s.getsockname()[1])); "
            + "c.send(b'hi'); print(s.accept()[0].recv(2).decode())",
        "hi");

    [Fact]
    public void Its_own_host_name_resolves() =>
        Works("import socket; print(socket.gethostname(), socket.gethostbyname(socket.gethostname()))", "sandbox 127.0.0.1");

    [Fact]
    public void It_opens_terminals_of_its_own() =>
        Works("import pty,os; a,b=pty.openpty(); os.write(b,b'hi'); print(os.read(a,2).decode(), os.isatty(b))", "hi True");

    [Fact]
    public void It_compiles_and_runs()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "there is no compiler here");
        Works(
            "import subprocess as s; open('/tmp/a.c','w').write('#include <stdio.h>\\nint main(){puts(\"built\");}'); "
                + "s.check_call(['gcc','-o','/tmp/a','/tmp/a.c']); print(s.check_output('/tmp/a').decode().strip())",
            "built");
    }

    [Fact]
    public void It_uses_threads_timers_and_callbacks_of_c() => Works(
        "import ctypes,threading,time\nt=threading.Thread(target=time.sleep,args=(0,)); t.start(); t.join()\n"
            + "f=ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 5); print(f(), time.tzname!=())",
        "5 True");

    [Fact]
    public void It_writes_where_it_may()
    {
        Works("open('new.txt','w').write('1'); print('done')", "done", ground.Writing);
        Assert.Equal("1", File.ReadAllText(Path.Join(ground.Project, "new.txt")));
    }

    [Fact]
    public void A_read_only_directory_inside_a_writable_one_stays_so()
    {
        string inner = Directory.CreateDirectory(Path.Join(ground.Project, "inner")).FullName;
        ground.Own();
        Outcome outcome = ground.ConfinedWith(
            PathAccess.Read, inner, ground.Writing, "/usr/bin/python3", "-I", "-c", "open('inner/x','w')");
        Assert.Contains("Read-only file system", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_input_output_and_arguments_are_its_own()
    {
        using Process process = ground.StartConfined(
            ground.Reading, "/usr/bin/python3", "-c", "import sys; print(sys.stdin.read(), sys.argv[1:]); print('e', file=sys.stderr)",
            "a b", "--", "ü");
        Outcome outcome = Ground.Finish(process, "typed");
        Assert.Equal(new Outcome(0, "typed ['a b', '--', 'ü']", "e"), outcome);
    }

    [Theory]
    [InlineData("raise SystemExit(0)", 0)]
    [InlineData("raise SystemExit(1)", 1)]
    [InlineData("raise SystemExit(200)", 200)]
    [InlineData("import os,signal; os.kill(os.getpid(), signal.SIGSEGV)", 128 + 11)]
    [InlineData("import os,signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + 9)]
    public void Its_exit_code_is_passed_on(string script, int exitCode) =>
        Assert.Equal(exitCode, ground.ConfinedPython(ground.Reading, script).ExitCode);

    [Fact]
    public void A_program_that_is_not_there_ends_with_127() =>
        Assert.Equal(127, ground.Confined(ground.Reading, "no-such-program").ExitCode);

    [Fact]
    public void A_program_that_is_no_program_ends_with_126() => Assert.Equal(126, ground.Confined(ground.Reading, "/etc/passwd").ExitCode);

    [Fact]
    public void It_starts_with_the_signals_that_every_program_starts_with()
    {
        string[] status = ground.Confined(ground.Reading, "/usr/bin/grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status").Output.Split('\n');
        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"], status.Select(WithoutLibcsOwn));

        // Signals 32 and 33 are glibc's, for its threads.
        static string WithoutLibcsOwn(string line) =>
            line.Split('\t') is [var name, var set] ? $"{name}\t{Convert.ToUInt64(set, 16) & ~0x180000000ul:x16}" : line;
    }

    [Fact]
    public void It_has_the_hosts_network_when_granted()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        Works($"import socket; socket.create_connection(('127.0.0.1',{port}),5); print('connected')", "connected",
            ground.Reading with { HostNetwork = true });
    }

    [Fact]
    public void A_sandbox_that_does_not_come_up_is_told_from_a_program_that_fails()
    {
        Outcome outcome = ground.Confined(ground.Reading with { WorkingDirectory = "/not/inside" }, "/usr/bin/true");
        Assert.Equal(new Outcome(125, "", "NotEntered: /not/inside"), outcome);
    }

    [Fact]
    public void A_private_home_stays_private_in_a_shown_directory_above_it() =>
        Works("import os; print(os.listdir(os.path.expanduser('~')))", "[]", ground.Reading with
        {
            Shown = [ShownPath.Needed(ground.Root, PathAccess.Read)],
            WorkingDirectory = "/",
        });

    [Fact]
    public void A_link_of_a_protected_name_keeps_no_program_from_starting()
    {
        string link = Path.Join(ground.Project, ".venv");
        Directory.CreateSymbolicLink(link, ground.Elsewhere);
        ground.Own();
        Assert.Equal(new Outcome(0, "", ""), ground.Confined(ground.Writing, "/usr/bin/true"));
        File.Delete(link);
    }

    [Fact]
    public void What_is_granted_inside_something_protected_may_be_written_and_nothing_else_of_it()
    {
        string hooks = Directory.CreateDirectory(Path.Join(ground.Project, ".hg", "hooks")).FullName;
        ground.Own();
        Confinement both = ground.Writing with { Shown = [.. ground.Writing.Shown, ShownPath.Needed(hooks, PathAccess.Write)] };
        Works("import os\nopen('.hg/hooks/mine', 'w')\ntry: open('.hg/hgrc', 'w')\nexcept OSError as e: print(e.errno)", "30", both);
        Assert.True(File.Exists(Path.Join(hooks, "mine")));
    }

    [Fact]
    public void Nothing_that_should_be_shown_is_silently_missing()
    {
        Outcome outcome = ground.ConfinedWith(PathAccess.Read, Path.Join(ground.Root, "absent"), ground.Reading, "/usr/bin/true");
        Assert.Equal(Driver.NoSandbox, outcome.ExitCode);
        Assert.Contains($"{SandboxObstacle.PathAbsent}: {ground.Root}", outcome.Errors, StringComparison.Ordinal);
    }
}
