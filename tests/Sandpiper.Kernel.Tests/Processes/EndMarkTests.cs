using System.Diagnostics;
using System.Globalization;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Kernel.Tests.Processes;

public sealed class EndMarkTests
{
    [Fact]
    public void While_a_process_lives_nobody_says_when_it_ended_and_of_another_machines_nobody_does()
    {
        EndMark mark = EndMark.Begin() ?? throw new InvalidOperationException("no shared memory here");
        Assert.Null(mark.At());
        Assert.Equal(Environment.ProcessId, mark.MadeBy);
        Assert.Null((mark with { MadeAt = mark.MadeAt + 1 }).At());
        (mark with { MadeBy = mark.MadeBy + 1 }).Remove();
        Assert.Contains($" {mark.Number} ", File.ReadAllText("/proc/sysvipc/shm"), StringComparison.Ordinal);
        mark.Remove();
    }

    // As it is done here, by whoever can be killed.
    [Fact]
    public void Of_a_process_that_was_killed_the_kernel_says_when()
    {
        const string script = """
            import ctypes, os, sys
            libc = ctypes.CDLL(None)
            number = libc.shmget(0, 1, 0o1600)
            libc.shmat.restype = ctypes.c_void_p
            libc.shmat(number, None, 0)
            made = next(l.split()[13] for l in open("/proc/sysvipc/shm") if l.split()[1] == str(number))
            print(number, made, flush=True)
            input()
            """;
        using Process process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        long[] said = [.. process.StandardOutput.ReadLine()!.Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
        var mark = new EndMark((int)said[0], said[1], process.Id);
        Assert.Null(mark.At());
        process.Kill();
        process.WaitForExit();
        long ended = mark.At()!.Value.ToUnixTimeSeconds();
        Assert.InRange(ended, said[1], new DateTimeOffset(File.GetLastWriteTimeUtc(Fresh())).ToUnixTimeSeconds());
        mark.Remove();
        Assert.Null(mark.At());
        Assert.DoesNotContain($" {mark.Number} ", File.ReadAllText("/proc/sysvipc/shm"), StringComparison.Ordinal);

        static string Fresh() => Path.GetTempFileName();
    }
}
