namespace Sandpiper.Kernel.Processes;

/// <summary>
/// Threads that other cores will need. The pool makes its first when there is work for it, on whichever core the kernel takes, and who
/// gives it work waits until it stands; where that is his own core, it then waits behind him for milliseconds. One that has slept is
/// woken where a core is idle.
/// </summary>
public static class OtherCores
{
    /// <summary>There will soon be work for more than one: to be said while there is none yet.</summary>
    public static void Expect() => _ = ThreadPool.UnsafeQueueUserWorkItem(static _ => { }, state: null);
}
