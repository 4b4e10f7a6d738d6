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
}
