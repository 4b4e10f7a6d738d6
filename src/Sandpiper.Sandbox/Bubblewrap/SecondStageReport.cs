using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// One message of the second stage to whoever waits outside, before anything of the program runs: ready, or what is wrong.
/// </summary>
internal static class SecondStageReport
{
    private const byte Ready = 255, Socket = 254;

    /// <returns>False when nobody listens.</returns>
    public static bool TrySend(SafeFileHandle end, SecondStageFailure failure) =>
        Messages.TrySend(end, [(byte)failure.Kind, (byte)failure.Errno, .. Encoding.UTF8.GetBytes(failure.Subject)]);

    /// <summary>Ready, with where the program's calls are told that somebody outside has to make for it.</summary>
    /// <inheritdoc cref="TrySend(SafeFileHandle, SecondStageFailure)"/>
    public static bool TrySend(SafeFileHandle end, SafeFileHandle calls) => Messages.TrySend(end, [Ready], calls);

    /// <summary>One of the sockets that were asked for, in their order.</summary>
    /// <inheritdoc cref="TrySend(SafeFileHandle, SecondStageFailure)"/>
    public static bool TrySendSocket(SafeFileHandle end, SafeFileHandle socket) => Messages.TrySend(end, [Socket], socket);

    /// <summary>To who is ready: somebody is there who looks after the program.</summary>
    /// <param name="errors">Where the program's errors go; null: where those of the second stage do.</param>
    public static void LetBegin(SafeFileHandle end, SafeFileHandle? errors) => Messages.TrySend(end, [Ready], errors);

    /// <summary>Waits for that.</summary>
    /// <returns>False when nobody is there any more.</returns>
    /// <inheritdoc cref="LetBegin"/>
    public static bool MayBegin(SafeFileHandle end, out SafeFileHandle? errors) => Messages.Receive(end, out errors, out _) is [Ready];

    /// <summary>Waits for it.</summary>
    /// <param name="sockets">What came before it.</param>
    /// <param name="program">The process that said it, and becomes the program; 0 where that was not asked for.</param>
    /// <returns>False when none came: it never got that far.</returns>
    public static bool TryReceive(
        SafeFileHandle end, out SecondStageFailure? failure, out SafeFileHandle? calls, out ImmutableArray<SafeFileHandle> sockets,
        out int program)
    {
        failure = null;
        var made = ImmutableArray.CreateBuilder<SafeFileHandle>();
        byte[]? message;
        while ((message = Messages.Receive(end, out calls, out program)) is [Socket] && calls is not null) made.Add(calls);
        sockets = made.DrainToImmutable();
        return message is not null && TryRead(message, out failure);
    }

    internal static bool TryRead(ReadOnlySpan<byte> message, out SecondStageFailure? failure)
    {
        failure = null;
        if (message is [Ready]) return true;
        if (message.Length < 2 || !Enum.IsDefined((SecondStageFailureKind)message[0])) return false;
        failure = new((SecondStageFailureKind)message[0], Encoding.UTF8.GetString(message[2..]), message[1]);
        return true;
    }
}
