namespace Sandpiper.Kernel.Processes;

/// <summary>
/// What a session gets of the processors: the kernel shares them among sessions first (sched(7), "The autogroup feature"), so that who
/// leads one of its own gives way to nobody by his own niceness.
/// </summary>
public static class SessionShare
{
    private const string Last = "19";

    /// <summary>All that is in the session of this process gives way to other sessions.</summary>
    /// <param name="file">That of this process, where the kernel shares so; else nothing has to be done.</param>
    public static void GiveWay(string file = "/proc/self/autogroup")
    {
        try
        {
            using var opened = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            opened.Write(System.Text.Encoding.ASCII.GetBytes(Last));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then it takes its share as any other.
        }
    }
}
