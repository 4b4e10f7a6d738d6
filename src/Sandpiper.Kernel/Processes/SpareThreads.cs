namespace Sandpiper.Kernel.Processes;

/// <summary>Whether there are threads left, asked before somebody needs them who does not say so.</summary>
public static class SpareThreads
{
    private const ulong Plenty = 1024;
    private const int StackBytes = 128 << 10;

    /// <summary>
    /// For what awaits: where the base library's pool gets no thread that watches over the others, it ends the process with a trace.
    /// Who may have a thousand processes is believed to have some left.
    /// </summary>
    /// <exception cref="OutOfMemoryException">So many more are not to be had, now.</exception>
    public static void MustBe(int count)
    {
        if (ResourceLimit.Of(ResourceLimit.Processes) >= Plenty) return;
        using var asked = new ManualResetEventSlim();
        var started = new List<Thread>(count);
        try
        {
            while (started.Count < count)
            {
                var thread = new Thread(asked.Wait, StackBytes);
                thread.Start();
                started.Add(thread);
            }
        }
        finally
        {
            asked.Set();
            foreach (Thread thread in started) thread.Join();
        }
    }
}
