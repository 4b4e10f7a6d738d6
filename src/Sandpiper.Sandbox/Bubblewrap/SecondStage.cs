using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// The last step inside the sandbox: compare what is shown with what was judged, undo what waiting needed outside, and become the program.
/// </summary>
public static class SecondStage
{
    internal const string Marker = "--second-stage";

    /// <summary>Where the executable appears inside: in the root, where nothing that a user may grant can be in the way.</summary>
    internal const string PathInside = "/.sandpiper";

    private const int FirstOfCommand = 3;

    /// <summary>Whether this process was started to be the second stage.</summary>
    /// <remarks>The marker, the descriptor of <see cref="JudgedPaths"/>, <c>--</c>, and the program with its arguments.</remarks>
    public static bool IsMeant(string[] args) => args is [Marker, var number, "--", _, ..] && DescriptorIn(number) is not null;

    /// <summary>Becomes the program; returns only if that fails.</summary>
    public static SecondStageFailure Run(string[] args)
    {
        int judged = DescriptorIn(args[1]) ?? throw new ArgumentException("not meant", nameof(args));
        if (Difference(judged) is { } difference) return difference;
        ImmutableArray<string> command = [.. args.AsSpan(FirstOfCommand)];
        // Whoever waits outside ignores Ctrl-C, and .NET ignores SIGPIPE; both are inherited, and neither is what the program expects.
        SignalDisposition.Default(SignalDisposition.Interrupt);
        SignalDisposition.Default(SignalDisposition.Quit);
        SignalDisposition.Default(SignalDisposition.BrokenPipe);
        SignalDisposition.UnblockAll();

        int errno = ProgramImage.Become(command);
        return new(errno is Errno.NoSuchFile or Errno.NotDirectory
            ? SecondStageFailureKind.NotFound : SecondStageFailureKind.NotExecutable, command[0], errno);
    }

    // Nobody can change any more what is shown.
    private static SecondStageFailure? Difference(int descriptor)
    {
        // Closed before the program starts: it is nothing of its business.
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (!JudgedPaths.TryRead(Descriptor.ReadToEnd(file), out var judged))
        {
            return new(SecondStageFailureKind.NotTold, $"descriptor {descriptor}");
        }
        foreach (var (identity, path) in judged)
        {
            if (FileFacts.IdentityOf(path) != identity) return new(SecondStageFailureKind.Replaced, path);
        }
        return null;
    }

    private static int? DescriptorIn(string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) && descriptor > 2 ? descriptor : null;
}
