using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Proxies;
using Sandpiper.Sandbox.Seccomp;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// The last step inside the sandbox: protect and compare what is shown, give up every right, undo what waiting needed outside, and become
/// the program.
/// </summary>
public static class SecondStage
{
    internal const string Marker = "--second-stage";

    /// <summary>Where the executable appears inside: in the root, where nothing that a user may grant can be in the way.</summary>
    internal const string PathInside = "/.sandpiper";

    /// <summary>Where its own terminals appear inside.</summary>
    internal const string TerminalsInside = "/dev/pts";

    private const int FirstOfCommand = 5;

    /// <summary>
    /// What it has over the sandbox's own namespaces, and gives up before the program: to mount, to limit namespaces, to give up for good.
    /// </summary>
    internal static ImmutableArray<string> Rights { get; } = ["CAP_SYS_ADMIN", "CAP_SYS_RESOURCE", "CAP_SETPCAP"];

    /// <summary>Whether this process was started to be the second stage.</summary>
    /// <remarks>
    /// The marker, the descriptors of plan and report, the sockets to make, <c>--</c>, and the program with its arguments.
    /// </remarks>
    public static bool IsMeant(string[] args) =>
        args is [Marker, var plan, var report, _, "--", _, ..] && DescriptorIn(plan) is not null && DescriptorIn(report) is not null;

    /// <summary>Becomes the program; returns only if that fails.</summary>
    /// <returns>Null when whoever waits outside was told, and has the words.</returns>
    public static SecondStageFailure? Run(string[] args)
    {
        if (!IsMeant(args)) throw new ArgumentException("not meant", nameof(args));
        ImmutableArray<string> command = [.. args.AsSpan(FirstOfCommand)];
        // Both are closed before the program starts: they are nothing of its business.
        using (var report = new SafeFileHandle(DescriptorIn(args[2])!.Value, ownsHandle: true))
        {
            SecondStageFailure? failure = HandOut(args[3], report);
            SafeFileHandle? calls = null;
            failure ??= Confine(DescriptorIn(args[1])!.Value, out calls);
            if (failure is not null) return SecondStageReport.TrySend(report, failure) ? null : failure;
            using (calls)
            {
                if (!SecondStageReport.TrySend(report, calls!)) return new(SecondStageFailureKind.NotTold, $"descriptor {args[2]}");
            }
        }
        // Whoever waits outside may block Ctrl-C, and .NET ignores SIGPIPE; both are inherited, and neither is what the program expects.
        SignalDisposition.Default(SignalDisposition.Interrupt);
        SignalDisposition.Default(SignalDisposition.Quit);
        SignalDisposition.Default(SignalDisposition.BrokenPipe);
        SignalDisposition.UnblockAll();

        int errno = ProgramImage.Become(command);
        return new(errno is Errno.NoSuchFile or Errno.NotDirectory
            ? SecondStageFailureKind.NotFound : SecondStageFailureKind.NotExecutable, command[0], errno);
    }

    // Before anything else, and closed here: the program gets none of them.
    private static SecondStageFailure? HandOut(string sockets, SafeFileHandle report)
    {
        foreach (InnerSocket needed in InnerSocket.FromText(sockets))
        {
            try
            {
                using Socket socket = needed.Make();
                using var handle = new SafeFileHandle(socket.Handle, ownsHandle: false);
                if (!SecondStageReport.TrySendSocket(report, handle)) return new(SecondStageFailureKind.NotTold, needed.Text);
            }
            catch (SocketException e)
            {
                return new(SecondStageFailureKind.NotConfined, $"a socket at {needed.Text}", e.NativeErrorCode);
            }
            catch (Exception e) when (e is FormatException or KernelException)
            {
                return new(SecondStageFailureKind.NotConfined, $"a socket at {needed.Text}");
            }
        }
        return null;
    }

    private static SecondStageFailure? Confine(int planned, out SafeFileHandle? calls)
    {
        calls = null;
        try
        {
            bool mayWrite, protects, tellsAll, tellsNames;
            using (var file = new SafeFileHandle(planned, ownsHandle: true))
            {
                if (!MountPlan.TryRead(Descriptor.ReadToEnd(file), out MountPlan plan))
                {
                    return new(SecondStageFailureKind.NotTold, $"descriptor {planned}");
                }
                ProcessGroup.TakeForeground();
                TerminalFiles.MountAt(TerminalsInside);
                if (MountCheck.Enforce(plan, out protects) is { } failure) return failure;
                (tellsAll, tellsNames) = (plan.TellsAll, plan.TellsNames);
                mayWrite = plan.Shown.Any(shown => shown is { IsWritable: true, IsOwn: false });
            }
            ProgramLimits.Bind();
            Capabilities.GiveUpAll();
            NoNewPrivileges.Bind();
            calls = CallFilter.Bind(SystemCallFilter.ForThisMachine(seesWrites: !mayWrite || protects, tellsAll, tellsNames));
            return null;
        }
        catch (KernelException refused)
        {
            return new(SecondStageFailureKind.NotConfined, refused.Call, refused.Errno);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or SandboxUnavailableException)
        {
            return new(SecondStageFailureKind.NotConfined, e.Message);
        }
    }

    private static int? DescriptorIn(string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) && descriptor > 2 ? descriptor : null;
}
