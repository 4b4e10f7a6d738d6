using Sandpiper.Console;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Commands;

/// <summary>
/// How many files this process may have open: asked before it comes to need one that it cannot have, in the middle of something.
/// </summary>
internal static class OpenFiles
{
    // A start in a small environment needs forty. Each of its steps would fail in words of its own, and bubblewrap, which has just begot a
    // child then, leaves that waiting.
    private const ulong Fewest = 64;

    public static bool AreEnough => ResourceLimit.Of(ResourceLimit.OpenFiles) >= Fewest;

    /// <exception cref="ExplainedException">They are not.</exception>
    public static void MustBeEnough()
    {
        if (!AreEnough) throw new ExplainedException(new(ExitCode.CouldNot, "too few files may be open; nothing was done",
            $"{ResourceLimit.Of(ResourceLimit.OpenFiles):N0}, and {Fewest} are needed at least (RLIMIT_NOFILE)", "ulimit -n 4096"));
    }
}
