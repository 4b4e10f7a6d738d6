using System.Diagnostics;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What ends a sandbox that is being made: nothing of it stays, and it is not taken for the program's end.</summary>
public sealed class BegunSandboxTests : IDisposable
{
    private readonly Somebody _user = new();

    public BegunSandboxTests()
    {
        Outcome outcome = _user.Sandpiper("install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble())));
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
    }

    private string Before => Path.Combine(_user.Place, "before-bwrap");

    public void Dispose() => _user.Dispose();

    // .NET's thread for finalizers, which gives back what nobody else did, begins later than the sandbox (RuntimeStart).
    [Theory]
    [InlineData("run", "--", "python")]
    [InlineData("run", "--json", "--", "python")]
    [InlineData("python")]
    public void While_a_program_runs_what_is_not_disposed_of_is_given_back(params string[] words)
    {
        using Process process = _user.Start([PublishedCommand.Path, .. words, "-c", "print('begun', flush=True); input()"]);
        Assert.Equal("begun", process.StandardOutput.ReadLine());

        string[] threads = [.. Directory.GetDirectories($"/proc/{process.Id}/task").Select(task =>
            File.ReadAllText(Path.Combine(task, "comm")).TrimEnd())];

        process.StandardInput.WriteLine();
        process.WaitForExit();
        Assert.Contains(".NET Finalizer", threads);
    }

    // 137 is what bubblewrap ends with when the kernel, for want of memory, kills what it has started.
    [Theory]
    [InlineData(128 + 9)]
    [InlineData(128 + 11)]
    public void What_is_killed_before_the_program_is_not_the_programs_end(int code)
    {
        Outcome outcome = WithAnotherBubblewrap($"#!/bin/sh\nexit {code}\n", [PublishedCommand.Path, "run", "--", "true"]);
        Assert.True(outcome.ExitCode == 125, $"{outcome}");
        Assert.Equal($"""
            × the sandbox was ended before the program began; nothing was run
            ╰─▶ by signal {code - 128}: somebody's, or the kernel's, for want of memory or time

            hint: run the same command again

            """, outcome.Error);
    }

    // It sleeps until it is let go, and whoever would do that has ended: for want of a descriptor, for one.
    [Fact]
    public void Whoever_waits_for_a_bubblewrap_that_has_ended_is_ended()
    {
        string waiting = _user.Write("waiting", "");
        Outcome outcome = WithAnotherBubblewrap($$"""
            #!/usr/bin/python3 -I
            import ctypes, os, signal, sys
            if '--second-stage' not in sys.argv: os.execv('{{Before}}.real', sys.argv)
            ctypes.CDLL(None).unshare(0x10000000 | 0x20000000) # a user namespace, and one of processes
            begun, begins = os.pipe()
            child = os.fork()
            if child == 0:
                for stream in 0, 1, 2: os.dup2(os.open('/dev/null', os.O_RDWR), stream)
                os.write(begins, b'x')
                while True: signal.pause()
            os.read(begun, 1)
            open('{{waiting}}', 'w').write(str(child))
            sys.exit(1)
            """, [PublishedCommand.Path, "run", "--", "true"]);
        Assert.True(outcome.ExitCode == 4, $"{outcome}");
        string id = File.ReadAllText(waiting);
        try
        {
            Assert.True(SpinWait.SpinUntil(() => IsDead(id), Patience.Endless), $"{id} waits");
        }
        finally
        {
            if (!IsDead(id)) _user.RunAsTester(["/bin/kill", "-9", id]);
        }
    }

    // What it had begot by then waited for ever: in 11 of 500 ends at a random moment.
    [Fact]
    public void The_end_of_a_terminal_is_not_the_end_of_what_makes_a_sandbox()
    {
        string after = _user.Write("after", "");
        // Not a shell, which lets every signal through to itself.
        WithAnotherBubblewrap($$"""
            #!/usr/bin/python3 -I
            import os, signal, time
            outside = os.getppid()
            os.kill(outside, signal.SIGKILL)
            while os.getppid() == outside: time.sleep(0.05)
            time.sleep(0.3)
            open('{{after}}', 'w').write('went on\n')
            """, ["/usr/bin/python3", "-I", "-c", """
                import os, pty, sys, time
                pid, terminal = pty.fork()
                if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
                os.waitpid(pid, 0)
                os.close(terminal)
                until = time.monotonic() + 20
                while time.monotonic() < until and not os.path.getsize('after'): time.sleep(0.05)
                """, PublishedCommand.Path, "run", "--", "true"]);
        Assert.Equal("went on\n", File.ReadAllText(after));
    }

    // Told nothing it finds nothing to start, and complained of that in the errors of who had been killed.
    [Fact]
    public void What_is_left_of_a_killed_run_says_nothing()
    {
        string after = _user.Write("after", "");
        Outcome outcome = WithAnotherBubblewrap($$"""
            #!/usr/bin/python3 -I
            import os, signal, time
            outside = os.getppid()
            os.kill(outside, signal.SIGKILL)
            while os.getppid() == outside: time.sleep(0.05)
            try: os.write(2, b'bwrap: nothing to start\n')
            except OSError: pass
            open('{{after}}', 'w').write('went on\n')
            """, ["/bin/sh", "-c", $"""
            '{PublishedCommand.Path}' run -- true 2>&1 | cat
            until [ -s after ]; do sleep 0.05; done
            """]);
        Assert.Equal("went on\n", File.ReadAllText(after));
        Assert.DoesNotContain("bwrap", outcome.Output + outcome.Error, StringComparison.Ordinal);
    }

    // Who has it open to write it, or waits to, keeps everybody from starting it: 197 of 200 starts were refused.
    [Fact]
    public void A_kept_second_stage_that_cannot_be_started_is_started_from_memory()
    {
        string started = _user.Write("started", "");
        string busy = $$"""
            #!/bin/sh
            for image; do :; done
            case "$*" in *--second-stage*)
                there=$(readlink "/proc/self/fd/$image")
                echo "$there" >> '{{started}}'
                case "$there" in */second-stages/*) echo "bwrap: execvp $there: Text file busy" >&2; exit 1;; esac;;
            esac
            exec '{{Before}}.real' "$@"
            """;
        string[] command = [PublishedCommand.Path, "run", "--", "printf", "ran"];
        Assert.Equal(new Outcome(0, "ran", ""), WithAnotherBubblewrap(busy, command));
        Assert.Equal(new Outcome(0, "ran", ""), WithAnotherBubblewrap(busy, command));
        Assert.Contains("/second-stages/", File.ReadAllText(started), StringComparison.Ordinal);
    }

    [Fact]
    public void What_bubblewrap_says_is_told_with_what_was_not_possible()
    {
        Outcome outcome = WithAnotherBubblewrap($$"""
            #!/bin/sh
            case "$*" in *--second-stage*) echo 'bwrap: this is not for me' >&2; exit 1;; esac
            exec '{{Before}}.real' "$@"
            """, [PublishedCommand.Path, "run", "--", "true"]);
        Assert.True(outcome.ExitCode == 4, $"{outcome}");
        Assert.Equal("""
            × there is no sandbox to be had here; nothing was run
            ╰─▶ bubblewrap works here, but not with what this program was to be shown: bwrap: this is not for me

            """, outcome.Error);
    }

    // Each step failed in its own words, some with a trace, and at 8 a process was left that waited for ever.
    [Theory]
    [InlineData("run -- true", 125)]
    [InlineData("python -c pass", 125)]
    [InlineData("verify", 1)]
    [InlineData("doctor", 1)]
    [InlineData("install none", 1)]
    [InlineData("list", 1)]
    public void Who_may_open_too_few_files_is_told_so_and_nothing_is_begun(string words, int code)
    {
        foreach (int most in (int[])[5, 7, 8, 9, 12, 16, 24, 40])
        {
            Outcome outcome = _user.Run(["/bin/sh", "-c", $"ulimit -n {most}; exec '{PublishedCommand.Path}' {words}"]);
            Assert.True(outcome.ExitCode == code, $"{outcome}");
            Assert.Equal($"""
                × too few files may be open; nothing was done
                ╰─▶ {most}, and 64 are needed at least (RLIMIT_NOFILE)

                hint: ulimit -n 4096

                """, outcome.Error);
        }
    }

    private static bool IsDead(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Runs as the user, in his project, where another program stands before bubblewrap; with <c>.real</c> behind its name that
    /// is there.</summary>
    private Outcome WithAnotherBubblewrap(string program, string[] command)
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can put somebody before bubblewrap");
        File.WriteAllText(Before, program);
        Outcome outcome = _user.RunAsTester(["/usr/bin/unshare", "--mount", "/bin/sh", "-c", $"""
            set -e
            cp /usr/bin/bwrap {Before}.real; chmod 0755 {Before} {Before}.real
            mount --bind {Before} /usr/bin/bwrap
            cd {_user.Project}
            exec {string.Join(' ', Somebody.AsUser)} "$@"
            """, "-", .. command]);
        Assert.SkipWhen(
            outcome.Error.Contains("unshare:", StringComparison.Ordinal) || outcome.Error.Contains("mount:", StringComparison.Ordinal),
            "no mount namespace is to be had here");
        return outcome;
    }
}
