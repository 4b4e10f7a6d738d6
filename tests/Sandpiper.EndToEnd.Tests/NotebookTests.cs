using System.Diagnostics;
using System.Globalization;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>A notebook's client outside finds a kernel by its name, works with it as with any, and what it runs is confined.</summary>
public sealed class NotebookTests : IClassFixture<RecordedSetsTests.Served>, IDisposable
{
    // What jupyter_client does: five free ports, a file that says them, the words of kernel.json, a session of its own.
    private const string Client = """
        import json, os, signal, socket, subprocess, sys, time
        data = os.environ.get("JUPYTER_DATA_DIR") or os.path.expanduser("~/.local/share/jupyter")
        runtime = os.path.join(data, "runtime")
        connection_file = os.path.join(runtime, "kernel-1.json")

        def connection(**other):
            sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(5)]
            names = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
            where = {name: s.getsockname()[1] for name, s in zip(names, sockets)}
            for s in sockets: s.close()
            os.makedirs(runtime, mode=0o700, exist_ok=True)
            with open(os.path.join(runtime, "kernel-2.json"), "w") as file: file.write('{"key": "of another kernel"}')
            with open(os.open(connection_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump({**where, "ip": "127.0.0.1", "transport": "tcp", "key": "k", **other}, file)
            return where

        def start(name="sandpiper", client=os.getpid(), **streams):
            with open(os.path.join(data, "kernels", name, "kernel.json")) as file: argv = json.load(file)["argv"]
            return subprocess.Popen([word.replace("{connection_file}", connection_file) for word in argv], stdin=subprocess.PIPE,
                start_new_session=True, env={**os.environ, "JPY_PARENT_PID": str(client)}, **streams)

        def reach(port, word):  # there is somebody who answers
            while True:
                try:
                    line = socket.create_connection(("127.0.0.1", port))
                    line.sendall(word)
                    if answer := line.recv(64): return line, answer
                except ConnectionError: pass
                time.sleep(0.05)

        class Shell:
            def __init__(self, where):
                line, answer = reach(where["shell_port"], b"0\n")
                self.lines = line.makefile("rw")
                if answer == b"busy\n": self.lines.readline()

            def begin(self, text):
                print(text, file=self.lines, flush=True)
                assert self.lines.readline() == "busy\n"

            def ask(self, text):
                self.begin(text)
                return self.lines.readline().strip()

        """;

    private readonly RecordedSetsTests.Served _recorded;
    private readonly Somebody _user = new();

    public NotebookTests(RecordedSetsTests.Served recorded)
    {
        _recorded = recorded;
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(
            new SampleIndex().With(OrdinaryPackages.NotebookKernel()).With(OrdinaryPackages.Pebble()));
        _user.Write("../.ssh/id_ed25519", "a decoy\n");
        _user.Write("setup.py", "");
    }

    public void Dispose() => _user.Dispose();

    private string Kernels => Path.Combine(_user.Home, ".local/share/jupyter/kernels");

    [Fact]
    public void A_kernel_answers_is_interrupted_sees_no_key_and_leaves_nothing()
    {
        Done(_user.Sandpiper("install", "ipykernel", "pebble"));
        Done(_user.Sandpiper("env", "kernel"));
        Outcome outcome = Play("""
            where = connection()
            kernel = start(stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            seen = {"heart": reach(where["hb_port"], b"beat")[1].decode()}
            shell = Shell(where)
            seen["sum"] = shell.ask("1+1")
            seen["package"] = shell.ask("__import__('pebble').__version__")
            shell.begin("__import__('time').sleep(600)")
            os.killpg(kernel.pid, signal.SIGINT)
            seen["interrupted"] = shell.lines.readline().strip()
            key = os.path.expanduser("~/.ssh/id_ed25519")
            seen["key"] = [os.path.exists(key), shell.ask(f"__import__('os').path.exists({key!r})")]
            seen["others"] = [len(os.listdir(runtime)), shell.ask(f"__import__('os').listdir({runtime!r})")]
            seen["write"] = shell.ask("open('made', 'w').write('x')")
            print("exit(0)", file=shell.lines, flush=True)
            kernel.stdout.read()  # ends when the last who holds it is dead
            seen["code"] = kernel.wait()
            print(json.dumps(seen))
            """);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("""
            {"heart": "beat", "sum": "2", "package": "'1.2'", "interrupted": "KeyboardInterrupt", "key": [true, "False"],
             "others": [2, "FileNotFoundError"], "write": "OSError", "code": 0}
            """.ReplaceLineEndings(""), outcome.Output.Trim());
    }

    [Fact]
    public void What_python_is_allowed_in_a_project_its_kernels_are()
    {
        Done(_user.Sandpiper("install", "ipykernel"));
        // As an earlier version left it.
        Directory.Delete(Path.Combine(_user.DataRoot, "envs/shared/confined/notebooks"), recursive: true);
        Done(_user.Sandpiper("env", "kernel"));
        Done(_user.Sandpiper("allow", "python", "--write", "."));
        Done(Play("""
            where = connection()
            kernel = start()
            shell = Shell(where)
            shell.ask("open('made', 'w').write('x')")
            print("exit(0)", file=shell.lines, flush=True)
            kernel.wait()
            """));
        Assert.Equal("x", File.ReadAllText(Path.Combine(_user.Project, "made")));
    }

    [Fact]
    public async Task A_kernel_ends_with_the_client_that_started_it()
    {
        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("env", "kernel"));
        using Process client = _user.Start(Played("""
            where = connection()
            kernel = start()
            reach(where["hb_port"], b"beat")
            print(kernel.pid, flush=True)
            os._exit(0)
            """));
        string kernel = client.StandardOutput.ReadLine() ?? "";
        Assert.True(int.TryParse(kernel, NumberStyles.None, CultureInfo.InvariantCulture, out _), kernel);
        try
        {
            // The kernel has the streams of the client: they end when it is dead.
            Assert.Equal("", await client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Patience.Endless, TestContext.Current.CancellationToken));
        }
        finally
        {
            _user.Run(["/bin/kill", "-KILL", kernel]);
        }
    }

    [Fact]
    public async Task A_kernel_whose_client_is_gone_before_it_begins_ends_as_well()
    {
        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("env", "kernel"));
        // Gone, and not yet waited for.
        using Process starter = _user.Start(Played("""
            connection()
            gone = subprocess.Popen(["/bin/true"])
            os.waitid(os.P_PID, gone.pid, os.WEXITED | os.WNOWAIT)
            kernel = start(client=gone.pid)
            print(kernel.pid, flush=True)
            kernel.wait()
            """));
        string kernel = starter.StandardOutput.ReadLine() ?? "";
        Assert.True(int.TryParse(kernel, NumberStyles.None, CultureInfo.InvariantCulture, out _), kernel);
        try
        {
            await starter.WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Patience.Endless, TestContext.Current.CancellationToken);
        }
        finally
        {
            _user.Run(["/bin/kill", "-KILL", kernel]);
        }
    }

    [Theory]
    [InlineData("transport=None", "no connection file")]
    [InlineData("transport='ipc'", "c.KernelManager.transport = \"tcp\"")]
    [InlineData("ip='0.0.0.0'", "c.KernelManager.ip = \"127.0.0.1\"")]
    [InlineData("hb_port=0", "no connection file")]
    public void What_a_confined_kernel_cannot_be_reached_by_is_refused_in_words(string other, string words)
    {
        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("env", "kernel"));
        Outcome outcome = Play($"connection({other})\nkernel = start()\nsys.exit(kernel.wait())\n");
        Assert.True(outcome.ExitCode == 125 && outcome.Error.Contains(words, StringComparison.Ordinal), $"{outcome}");
    }

    [Fact]
    public void A_port_that_somebody_has_is_told_and_nothing_runs()
    {
        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("env", "kernel"));
        Outcome outcome = Play("""
            taken = socket.create_server(("127.0.0.1", 0))
            connection(hb_port=taken.getsockname()[1])
            kernel = start()
            sys.exit(kernel.wait())
            """);
        Assert.True(outcome.ExitCode == 125 && outcome.Error.Contains("start the kernel again", StringComparison.Ordinal), $"{outcome}");
    }

    [Fact]
    public void A_name_that_another_kernel_has_is_not_taken_from_it()
    {
        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("install", "--env", "other", "ipykernel"));
        string theirs = _user.Write(
            Path.Combine(Kernels, "Sandpiper", "kernel.json"), """{"argv": ["/usr/bin/python3", "{connection_file}"]}""");
        string was = File.ReadAllText(theirs);
        Outcome refused = _user.Sandpiper("env", "kernel");
        Assert.True(refused.ExitCode == 1 && refused.Error.Contains("--as sandpiper-2", StringComparison.Ordinal), $"{refused}");
        Assert.Equal(1, _user.Sandpiper("env", "kernel", "--as", "SANDPIPER").ExitCode);
        Assert.Equal(1, _user.Sandpiper("env", "kernel", "--remove").ExitCode);
        Assert.Equal(2, _user.Sandpiper("env", "kernel", "--as", "../elsewhere").ExitCode);
        Assert.Equal(2, _user.Sandpiper("env", "kernel", "--as", "..").ExitCode);
        Done(_user.Sandpiper("env", "kernel", "--as", "mine"));
        Done(_user.Sandpiper("env", "kernel", "--as", "mine"));
        Assert.Equal(1, _user.Sandpiper("env", "kernel", "other", "--as", "mine").ExitCode);
        Assert.Equal(was, File.ReadAllText(theirs));

        // Who sits there is asked, and still nothing is written over.
        Assert.Equal(1, SomebodyAtATerminal.Run(_user, """[["[y/N]", "n\n"]]""", "env", "kernel").ExitCode);
        Outcome asked = Done(SomebodyAtATerminal.Run(_user, """[["[y/N]", "y\n"]]""", "env", "kernel"));
        Assert.DoesNotContain("\\u{", asked.Output, StringComparison.Ordinal);
        Assert.Equal(["Sandpiper", "mine", "sandpiper-2"],
            Directory.GetDirectories(Kernels).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(was, File.ReadAllText(theirs));
    }

    [Fact]
    public void It_goes_with_what_it_is_made_of_and_nothing_of_it_stays()
    {
        Assert.Equal(1, _user.Sandpiper("env", "kernel").ExitCode);
        Done(_user.Sandpiper("install", "pebble"));
        Outcome none = _user.Sandpiper("env", "kernel");
        Assert.True(none.ExitCode == 1 && none.Error.Contains("sandpiper install ipykernel", StringComparison.Ordinal), $"{none}");
        Done(_user.Sandpiper("purge", "--yes"));
        string[] before = Tree();

        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("env", "kernel"));
        Assert.True(File.Exists(Path.Combine(Kernels, "sandpiper/kernel.json")));
        Done(_user.Sandpiper("env", "kernel", "--remove"));
        Assert.False(Path.Exists(Path.GetDirectoryName(Kernels)));

        Done(_user.Sandpiper("env", "kernel"));
        Outcome gone = Done(_user.Sandpiper("uninstall", "--all"));
        Assert.Contains("the kernel `sandpiper` went with ipykernel", gone.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.GetDirectoryName(Kernels)));

        Done(_user.Sandpiper("install", "--env", "other", "ipykernel"));
        _user.Variables["JUPYTER_DATA_DIR"] = Path.Combine(_user.Home, "notebooks");
        Done(_user.Sandpiper("env", "kernel", "other"));
        Assert.True(File.Exists(Path.Combine(_user.Home, "notebooks/kernels/sandpiper-other/kernel.json")));
        _user.Variables.Remove("JUPYTER_DATA_DIR");
        Done(_user.Sandpiper("env", "remove", "other"));
        Assert.False(Path.Exists(Path.Combine(_user.Home, "notebooks")));

        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("env", "kernel"));
        Done(_user.Sandpiper("env", "kernel", "--as", "another"));
        Done(_user.Sandpiper("purge", "--yes"));
        Assert.Equal(before, Tree());
    }

    [Fact]
    public void A_kernel_goes_with_what_it_needs_comes_back_with_it_and_not_where_its_user_took_it_away()
    {
        string kernel = Path.Combine(Kernels, "sandpiper/kernel.json");
        Done(_user.Sandpiper("install", "pebble"));
        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("env", "kernel"));
        string made = File.ReadAllText(kernel);
        Done(_user.Sandpiper("uninstall", "ipykernel"));
        Assert.False(File.Exists(kernel));

        Outcome back = Done(_user.Sandpiper("rollback", "2"));
        Assert.Contains("the kernel `sandpiper` is back with ipykernel", back.Error, StringComparison.Ordinal);
        Assert.Equal(made, File.ReadAllText(kernel));
        Outcome before = Done(_user.Sandpiper("rollback", "1"));
        Assert.Contains("the kernel `sandpiper` went with ipykernel", before.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(kernel));
        Done(_user.Sandpiper("rollback", "2"));
        Assert.True(File.Exists(kernel));

        Directory.Delete(Path.GetDirectoryName(kernel)!, recursive: true);
        Done(_user.Sandpiper("rollback", "1"));
        Outcome forgotten = Done(_user.Sandpiper("rollback", "2"));
        Assert.DoesNotContain("the kernel", forgotten.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(kernel));

        // Meanwhile somebody else's has the name.
        Done(_user.Sandpiper("env", "kernel"));
        Done(_user.Sandpiper("rollback", "1"));
        _user.Write(kernel, "{}");
        Done(_user.Sandpiper("rollback", "2"));
        Assert.Equal("{}", File.ReadAllText(kernel));
    }

    [Theory]
    [InlineData("purge", "--yes")]
    [InlineData("env", "kernel", "--remove")]
    [InlineData("uninstall", "--all")]
    public void What_somebody_has_put_in_the_place_of_a_kernel_is_not_taken_away(params string[] command)
    {
        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("env", "kernel"));
        string theirs = Path.Combine(Kernels, "sandpiper", "kernel.json");
        File.WriteAllText(theirs, "{}");
        _user.Sandpiper(command);
        Assert.Equal("{}", File.ReadAllText(theirs));
    }

    [Fact]
    public void A_kernel_that_somebody_removed_by_other_means_is_not_made_again()
    {
        Done(_user.Sandpiper("install", "ipykernel"));
        Done(_user.Sandpiper("env", "kernel"));
        Directory.Delete(Path.Combine(Kernels, "sandpiper"), recursive: true);
        string theirs = _user.Write(Path.Combine(Kernels, "sandpiper", "kernel.json"), "{}");
        Done(_user.Sandpiper("install", "pebble"));
        Done(_user.Sandpiper("uninstall", "--all"));
        Done(_user.Sandpiper("purge", "--yes"));
        Assert.Equal("{}", File.ReadAllText(theirs));
    }

    [Fact]
    public void Jupyters_own_client_works_with_ipykernel_as_with_one_that_is_not_confined()
    {
        string pins = Recorded.Path("pypi/sets/jupyter.sync.txt");
        foreach (string environment in (string[])["shared", "client"])
            Done(_user.Sandpiper("install", "--env", environment, "-i", _recorded.Address, "--no-deps", "-r", pins));
        Done(_user.Sandpiper("env", "kernel"));
        _user.Write("client.py", """
            import json, os, subprocess, threading
            from jupyter_client.manager import start_new_kernel
            manager, client = start_new_kernel(kernel_name="sandpiper", startup_timeout=600)

            def ask(code, begun=lambda: None):
                said = []
                def hear(message):
                    content = message["content"]
                    if message["msg_type"] == "stream":
                        said.append(content["text"])
                        begun()
                    if message["msg_type"] == "execute_result": said.append(content["data"]["text/plain"])
                    if message["msg_type"] == "error": said.append(content["ename"])
                client.execute_interactive(code, timeout=600, output_hook=hear, allow_stdin=False)
                return said

            seen = {"sum": ask("1+1")}
            seen["interrupted"] = ask("import time; print('begun', flush=True); time.sleep(600)", manager.interrupt_kernel)
            seen["key"] = [os.path.exists(os.path.expanduser("~/.ssh/id_ed25519")),
                ask("import os; os.path.exists(os.path.expanduser('~/.ssh/id_ed25519'))")]
            ask("kept = 1")
            manager.restart_kernel()
            client.wait_for_ready(timeout=600)
            seen["restarted"] = ask("kept")
            seen["alive"] = [manager.is_alive()]
            manager.shutdown_kernel()
            seen["alive"].append(manager.is_alive())
            print(json.dumps(seen))
            """);
        Outcome outcome = _user.Run([Path.Combine(_user.DataRoot, "envs/client/current/bin/python"), "client.py"]);
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        Assert.Equal("""
            {"sum": ["2"], "interrupted": ["begun\n", "KeyboardInterrupt"], "key": [true, ["False"]], "restarted": ["NameError"],
             "alive": [true, false]}
            """.ReplaceLineEndings(""), outcome.Output.Trim());
    }

    private Outcome Play(string script) => _user.Run(Played(script));

    private static string[] Played(string script) => ["/usr/bin/python3", "-I", "-c", $"{Client}\n{script}"];

    private string[] Tree() =>
        [.. Done(_user.Run(["/usr/bin/find", _user.Home, "-printf", "%y %m %p\n"])).Output.Split('\n').Order(StringComparer.Ordinal)];

    private static Outcome Done(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return outcome;
    }
}
