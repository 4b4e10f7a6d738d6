using Becoming = Sandpiper.Sandbox.Bubblewrap.SecondStage;
using Sandpiper.Kernel.Runtime;
using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.SecondStage;

/// <summary>
/// What runs inside the sandbox before the user's program, and is nothing else: the command holds a copy of it, and hands that to each
/// sandbox.
/// </summary>
internal static class SecondStageProgram
{
    private static int Main(string[] args)
    {
        StaticsAtStart.End();
        if (!Becoming.IsMeant(args)) return Becoming.Untold;
        SecondStageFailure? failure = Becoming.Run(args);
        failure?.Tell();
        return failure?.ExitCode ?? Becoming.Untold;
    }
}
