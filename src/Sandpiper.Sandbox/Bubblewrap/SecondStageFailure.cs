using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Terminals;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>Why the last step inside did not become the program.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Subject">A path, or the program as it was asked for.</param>
/// <param name="Errno">Of the exec.</param>
public sealed record SecondStageFailure(SecondStageFailureKind Kind, string Subject, int Errno = 0)
{
    /// <summary>What is shown there is not what was judged.</summary>
    internal static SecondStageFailure Replaced(string path) => new(SecondStageFailureKind.Replaced, path);

    /// <summary>125 as env(1) and timeout(1) have it, 126 and 127 as the shells (POSIX.1-2024, XCU 2.8.2).</summary>
    public int ExitCode => Kind switch
    {
        SecondStageFailureKind.NotFound => 127,
        SecondStageFailureKind.NotExecutable => 126,
        _ => 125,
    };

    /// <summary>One line, from inside the sandbox.</summary>
    public string Line => Kind switch
    {
        SecondStageFailureKind.NotTold => $"sandpiper: what the sandbox shall show was not told ({Visible}); nothing was run",
        SecondStageFailureKind.Replaced => $"sandpiper: `{Visible}` was replaced while the sandbox was made; nothing was run",
        SecondStageFailureKind.NotFound => $"sandpiper: `{Visible}`: not found in the sandbox",
        _ => $"sandpiper: `{Visible}`: not executable (errno {Errno})",
    };

    // Nobody filters it on its way to a terminal, and whoever named a file or a command may have had that in mind.
    private string Visible => VisibleText.Of(Subject);

    /// <summary>Says it on standard error: whoever waits outside only waits for the end by now.</summary>
    public void Tell()
    {
        using var errors = new SafeFileHandle(StandardError, ownsHandle: false);
        _ = Descriptor.TryWrite(errors, Encoding.UTF8.GetBytes($"{Line}\n"));
    }

    private const int StandardError = 2;
}

/// <summary>In brackets the subject.</summary>
public enum SecondStageFailureKind
{
    /// <summary>What was judged could not be read (where it was to be found).</summary>
    NotTold,

    /// <summary>Something else is shown than was judged (a path).</summary>
    Replaced,

    /// <summary>It could not be mounted (a path).</summary>
    NotShown,

    /// <summary>A name in a writable directory could not be made read-only (a path).</summary>
    NotProtected,

    /// <summary>More names that would have to be than anybody has (the directory).</summary>
    TooManyNames,

    /// <summary>What is written could not be kept apart from what is there (a path): a copy does, too.</summary>
    NotLayered,

    /// <summary>Where the program was to start it cannot (a path).</summary>
    NotEntered,

    /// <summary>The kernel did not take a restriction (the call).</summary>
    NotConfined,

    /// <summary>No such program (its name).</summary>
    NotFound,

    /// <summary>It is there, but cannot be executed (its name).</summary>
    NotExecutable,
}
