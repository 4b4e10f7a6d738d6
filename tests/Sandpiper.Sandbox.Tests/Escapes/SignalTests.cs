using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Escapes;

/// <summary>Interrupting, ending and losing the one who waits.</summary>
public sealed class SignalTests(Ground ground) : IClassFixture<Ground>
{
    [Theory]
    [InlineData("except KeyboardInterrupt:\n    print('cleaned-up'); sys.exit(7)", "['ready', 'cleaned-up'] 7")]
    [InlineData("finally:\n    signal.signal(signal.SIGINT, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGINT)", "['ready'] 130")]
    public void Ctrl_C_is_the_programs_own_business(string whatItDoes, string seen)
    {
        // A terminal, as a user has it: the character 3 is typed as soon as the program says that it is ready.
        const string Terminal = """
            import os, pty, sys
            child, terminal = pty.fork()
            if child == 0: os.execv(sys.argv[1], sys.argv[1:])
            seen = b''; typed = False
            try:
                while chunk := os.read(terminal, 4096):
                    seen += chunk
                    if b'ready' in seen and not typed: typed = os.write(terminal, b'\x03')
            except OSError: pass
            print(seen.decode().replace('^C', '').split(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """;
        string program = $"import os, signal, sys, time\ntry:\n    print('ready', flush=True); time.sleep(600)\n{whatItDoes}";
        Outcome outcome = Ground.Finish(ground.AsOrdinaryUser(
            ["/usr/bin/python3", "-I", "-c", Terminal,
                .. Ground.ConfinedCommand(ground.Reading, "/usr/bin/python3", "-I", "-c", program)]));
        Assert.Equal(seen, outcome.Output);
    }

    [Fact]
    public void Who_interrupts_the_whole_group_interrupts_the_program_and_nobody_around_it()
    {
        // As a terminal does when all streams are redirected, and a notebook's client always. What the program says after its interrupt it
        // says because it lives on.
        const string Client = """
            import os, signal, subprocess, sys
            program = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
            seen = [program.stdout.readline()]
            os.killpg(program.pid, signal.SIGINT)
            seen.append(program.stdout.readline())
            program.stdin.write('go on\n'); program.stdin.close()
            print([s.strip() for s in [*seen, program.stdout.read()]], program.wait())
            """;
        const string Program = """
            import sys, time
            try:
                print('ready', flush=True); time.sleep(600)
            except KeyboardInterrupt:
                print('interrupted', flush=True); print('told to', sys.stdin.readline()); sys.exit(7)
            """;
        Outcome outcome = Ground.Finish(ground.AsOrdinaryUser(
            ["/usr/bin/python3", "-I", "-c", Client,
                .. Ground.ConfinedCommand(ground.Reading, "/usr/bin/python3", "-I", "-c", Program)]));
        Assert.Equal("['ready', 'interrupted', 'told to go on'] 7", outcome.Output);
    }

    [Theory]
    [InlineData("kill", "SIGTERM")]
    [InlineData("kill", "SIGHUP")]
    [InlineData("kill", "SIGUSR1")]
    [InlineData("kill", "SIGUSR2")]
    [InlineData("killpg", "SIGTERM")] // as timeout(1) and a shell's kill do
    public void Who_is_told_to_end_tells_the_program_which_cleans_up(string how, string signal)
    {
        const string Client = """
            import os, signal, subprocess, sys
            program = subprocess.Popen(sys.argv[3:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
            seen = [program.stdout.readline()]
            getattr(os, sys.argv[1])(program.pid, getattr(signal, sys.argv[2]))
            print([s.strip() for s in [*seen, program.stdout.read()]], program.wait())
            """;
        const string Program = """
            import signal, sys
            wanted = {getattr(signal, sys.argv[1])}
            signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
            print('ready', flush=True); signal.sigwait(wanted)
            print('cleaned up', flush=True); sys.exit(7)
            """;
        Outcome outcome = Ground.Finish(ground.AsOrdinaryUser(
            ["/usr/bin/python3", "-I", "-c", Client, how, signal,
                .. Ground.ConfinedCommand(ground.Reading, "/usr/bin/python3", "-I", "-c", Program, signal)]));
        Assert.Equal("['ready', 'cleaned up'] 7", outcome.Output);
    }

    [Theory]
    [InlineData("-TERM", 128 + 15)]
    [InlineData("-HUP", 128 + 1)]
    [InlineData("-KILL", 128 + 9)] // nobody can clean up after that one but the kernel
    public void When_the_one_who_waits_is_ended_nothing_survives(string signal, int exitCode)
    {
        using Process process = ground.StartConfined(
            ground.Writing, "/bin/sh", "-c", "trap '' TERM HUP INT; echo ready; n=0; while [ $n -lt 90 ]; do sleep 1; n=$((n+1)); done");
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        Assert.Equal(0, Ground.Finish(ground.Start("/bin/sh", ["-c", $"kill {signal} {process.Id}"])).ExitCode);
        // The pipe ends when its last holder is dead, not before.
        Outcome outcome = Ground.Finish(process);
        Assert.Equal(exitCode, outcome.ExitCode);
    }

    [Fact]
    public void What_a_program_leaves_behind_ends_with_it()
    {
        Outcome outcome = ground.ConfinedPython(ground.Reading, """
            import os
            if os.fork() == 0:
                os.setsid()
                os.execv('/usr/bin/sleep', ['sleep', '600'])
            print('left')
            """);
        Assert.Equal(new Outcome(0, "left", ""), outcome); // read to the end: the daemon held the pipe
    }
}
