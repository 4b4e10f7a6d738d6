using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Proxies;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// The last step inside the sandbox: protect and compare what is shown, give up every right, undo what waiting needed outside, and become
/// the program.
/// </summary>
public static class SecondStage
{
    internal const string Marker = "--second-stage";
    private const int Errors = 2;

    /// <summary>What it ends with where it has nothing to say of why it does not become the program.</summary>
    public const int Untold = 125;

    /// <summary>Where a copy of it appears inside, if at all: in the root, where nothing that a user may grant can be in the way.</summary>
    internal const string PathInside = "/.sandpiper";

    /// <summary>Where its own terminals appear inside.</summary>
    internal const string TerminalsInside = "/dev/pts";

    /// <summary>
    /// What it has over the sandbox's own namespaces, and gives up before the program: to mount, to limit namespaces, to give up for good;
    /// and to listen, in the program's own network, where hosts do that it shall reach (80 and 443).
    /// </summary>
    internal static ImmutableArray<string> Rights { get; } =
        ["CAP_SYS_ADMIN", "CAP_SYS_RESOURCE", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE"];

    /// <summary>Whether this process was started to be the second stage.</summary>
    /// <remarks>The marker, the descriptor at which it is told what to do and reports, and that of its own image.</remarks>
    public static bool IsMeant(string[] args) =>
        args is [Marker, var report, var image] && DescriptorIn(report) is not null && DescriptorIn(image) is not null;

    /// <summary>What it is started with.</summary>
    internal static ImmutableArray<string> Asked(int report, int image) => [Marker, $"{report}", $"{image}"];

    /// <summary>Waits until it is told what to do, and becomes the program; returns only if that fails.</summary>
    /// <returns>Null when whoever waits outside was told, and has the words, or wants nothing any more.</returns>
    public static SecondStageFailure? Run(string[] args)
    {
        if (!IsMeant(args)) throw new ArgumentException("not meant", nameof(args));
        SecondStagePlan plan;
        // All are closed before the program starts: they are nothing of its business.
        new SafeFileHandle(DescriptorIn(args[2])!.Value, ownsHandle: true).Dispose();
        using (var report = new SafeFileHandle(DescriptorIn(args[1])!.Value, ownsHandle: true))
        {
            WaitForBubblewrap();
            if (Messages.Receive(report, out SafeFileHandle? told, out _) is null) return null;
            SafeFileHandle? calls = null;
            SecondStageFailure? failure;
            using (told) failure = TryRead(told, out plan) ? null : new(SecondStageFailureKind.NotTold, $"descriptor {args[1]}");
            failure ??= HandOut(plan.Sockets, report) ?? Confine(plan, report, out calls);
            // Where nobody listens any more he has said himself what went wrong, or is dead.
            if (failure is not null)
            {
                SecondStageReport.TrySend(report, failure);
                return null;
            }
            using (calls)
            {
                if (!SecondStageReport.TrySend(report, calls!)) return null;
            }
            // From now on the program ends with whoever says this, and without a word from him it does not begin.
            if (!SecondStageReport.MayBegin(report, out SafeFileHandle? errors)) return null;
            using (errors)
            {
                if (errors is not null) Descriptor.Become(Errors, (int)errors.DangerousGetHandle());
            }
        }
        // Whoever waits outside may block Ctrl-C, and .NET ignores SIGPIPE; both are inherited, and neither is what the program expects.
        SignalDisposition.Default(SignalDisposition.Interrupt);
        SignalDisposition.Default(SignalDisposition.Quit);
        SignalDisposition.Default(SignalDisposition.BrokenPipe);
        SignalDisposition.UnblockAll();

        int errno = ProgramImage.Become(plan.Command, plan.Variables);
        return new(errno is Errno.NoSuchFile or Errno.NotDirectory
            ? SecondStageFailureKind.NotFound : SecondStageFailureKind.NotExecutable, plan.Command[0], errno);
    }

    // Its own process in here, which begets us, binds itself to the one outside only afterwards: that one's end before would not be ours.
    // Having bound itself it sleeps until we end.
    private static void WaitForBubblewrap()
    {
        while (OtherProcess.StateOf(ParentProcess.Id) is { State: not 'S' }) Thread.Yield();
    }

    // Before anything else, and closed here: the program gets none of them.
    private static SecondStageFailure? HandOut(ImmutableArray<InnerSocket> sockets, SafeFileHandle report)
    {
        foreach (InnerSocket needed in sockets)
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

    private static bool TryRead(SafeFileHandle? told, out SecondStagePlan plan)
    {
        plan = new([]);
        return ContentOf(told) is { } content && SecondStagePlan.TryRead(content, out plan);
    }

    private static SecondStageBounds? BoundsFrom(SafeFileHandle report)
    {
        Messages.Receive(report, out SafeFileHandle? told, out _);
        using (told) return ContentOf(told) is { } content ? SecondStageBounds.TryRead(content) : null;
    }

    // Null: nothing was told, or it cannot be read.
    private static byte[]? ContentOf(SafeFileHandle? told)
    {
        try
        {
            return told is null ? null : Descriptor.ReadToEnd(told);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static SecondStageFailure? Confine(SecondStagePlan plan, SafeFileHandle report, out SafeFileHandle? calls)
    {
        calls = null;
        try
        {
            ProcessGroup.TakeForeground();
            CreationMask.Loosen(); // what is made for the program has just the rights that were planned
            if (MakeTree(plan, report, out SecondStageBounds? bounds, out bool protects) is { } failure) return failure;
            CreationMask.GiveBack(plan.Mask);
            if (!TryStartIn(plan.WorkingDirectory)) return new(SecondStageFailureKind.NotEntered, plan.WorkingDirectory);
            ProgramLimits.Bind();
            Capabilities.GiveUpAll();
            NoNewPrivileges.Bind();
            bool tellsWrites = protects || !plan.MayWrite;
            calls = CallFilter.Bind((tellsWrites ? bounds!.FilterThatTellsWrites : bounds!.Filter).AsSpan());
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

    private static SecondStageFailure? MakeTree(
        SecondStagePlan plan, SafeFileHandle report, out SecondStageBounds? bounds, out bool protects)
    {
        (protects, bounds) = (false, null);
        using HostTree host = HostTree.Open();
        using MountedTree tree = MountedTree.Begin();
        foreach (Mount mount in plan.Mounts)
        {
            if (tree.Put(mount, host) is { } notPut) return notPut;
            if (mount is Mount.Shown { Access: PathAccess.Write, IsOwn: false, IsCopy: false }
                && NamesInside.Protect(tree.All[^1], plan, tree, ref protects) is { } notProtected) return notProtected;
        }
        if (NamesInside.Cover(plan, tree, host) is { } notCovered) return notCovered;
        tree.AddTerminals();
        tree.Close();
        host.TakeAway();
        bounds = BoundsFrom(report);
        return bounds is null ? new(SecondStageFailureKind.NotTold, "what it is held to") : MountCheck.Difference(plan, bounds, tree);
    }

    private static bool TryStartIn(string directory)
    {
        foreach (int _ in Looks.While())
        {
            try
            {
                Directory.SetCurrentDirectory(directory);
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody may be exchanging it.
            }
        }
        return false;
    }

    private static int? DescriptorIn(string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) && descriptor > 2 ? descriptor : null;
}
