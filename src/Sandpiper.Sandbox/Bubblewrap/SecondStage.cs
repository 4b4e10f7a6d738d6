using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The last step inside the sandbox: undo what waiting needed outside, and become the program.</summary>
public static unsafe partial class SecondStage
{
    internal const string Marker = "--second-stage";

    /// <summary>Where the executable appears inside: in the root, where nothing that a user may grant can be in the way.</summary>
    internal const string PathInside = "/.sandpiper";

    private const int NotStarted = 125;     // as env(1) and timeout(1) have it
    private const int NotExecutable = 126;  // as the shells have it (POSIX.1-2024, XCU 2.8.2)
    private const int NotFound = 127;

    /// <summary>Whether this process was started to be the second stage.</summary>
    /// <remarks>The marker, pairs of an identity and a path, <c>--</c>, and the program with its arguments.</remarks>
    public static bool IsMeant(string[] args) => args is [Marker, ..] && EndOfPairs(args) is var end and > 0 && end % 2 == 1 && end < args.Length - 1;

    /// <summary>Whether the user that we are can start <paramref name="executable"/>: what root started may lie in root's home.</summary>
    public static bool CanBe(string executable) => MayAccess(executable, Execute) == 0;

    // A path is absolute: none is `--`.
    private static int EndOfPairs(string[] args) => Array.IndexOf(args, "--");

    /// <summary>Becomes the program; returns only if that fails.</summary>
    /// <returns>125 when something else is shown than was judged, 126 not executable, 127 not found; said in one line on standard error.</returns>
    public static int Run(string[] args)
    {
        int end = EndOfPairs(args);
        for (int i = 1; i < end; i += 2)
        {
            if (string.Equals(FileFacts.IdentityOf(args[i + 1]), args[i], StringComparison.Ordinal)) continue;
            Console.Error.WriteLine($"sandpiper: `{args[i + 1]}` was replaced while the sandbox was made; nothing was run");
            return NotStarted;
        }
        ImmutableArray<string> command = [.. args.AsSpan(end + 1)];
        // Whoever waits outside ignores Ctrl-C, and .NET ignores SIGPIPE; both are inherited, and neither is what the program expects.
        SignalDisposition.Default(SignalDisposition.Interrupt);
        SignalDisposition.Default(SignalDisposition.Quit);
        SignalDisposition.Default(SignalDisposition.BrokenPipe);
        SignalDisposition.UnblockAll();

        using var vector = new ArgumentVector(command);
        _ = ExecuteFromPath(command[0], vector.Address);
        int errno = Marshal.GetLastPInvokeError();
        bool absent = errno is Errno.NoSuchFile or Errno.NotDirectory;
        Console.Error.WriteLine(absent ? $"sandpiper: `{command[0]}`: not found in the sandbox" : $"sandpiper: `{command[0]}`: not executable (errno {errno})");
        return absent ? NotFound : NotExecutable;
    }

    private const int Execute = 1; // X_OK

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MayAccess(string path, int mode);

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExecuteFromPath(string file, byte** arguments);
}
