using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Programs;

/// <summary>
/// This very program once more, to go on when the command has ended. It has nothing of the caller's: no variable, no terminal.
/// </summary>
public static class BackgroundProgram
{
    /// <summary>As it is now, whatever lies in its place later: to be started, not to be named.</summary>
    public const string Own = "/proc/self/exe";

    /// <exception cref="KernelException">It could not be started.</exception>
    public static void Start(ImmutableArray<string> arguments) => DetachedProcess.Start(Own, ["sandpiper", .. arguments]);

    /// <summary>To be called by it: people's own programs come first.</summary>
    public static void GiveWay()
    {
        using var self = Process.GetCurrentProcess();
        self.PriorityClass = ProcessPriorityClass.Idle;
        SessionShare.GiveWay();
    }
}
