using System.Runtime.InteropServices;

namespace Sandpiper.Sandbox.Seccomp;

/// <summary>Calls that somebody outside is asked about, by their numbers (asm/unistd.h); null where a machine has no such call.</summary>
internal sealed record SupervisedCalls(uint Connect, uint OpenAt, uint? Open)
{
    /// <summary>How names are asked for: <c>sendto</c>, <c>sendmmsg</c>.</summary>
    public required uint SendTo { get; init; }

    /// <inheritdoc cref="SendTo"/>
    public required uint SendMany { get; init; }

    private static readonly SupervisedCalls _onX64 = new(Connect: 42, OpenAt: 257, Open: 2)
        { SendTo = 44, SendMany = 307 };

    private static readonly SupervisedCalls _onArm64 = new(Connect: 203, OpenAt: 56, Open: null)
        { SendTo = 206, SendMany = 269 };

    public static SupervisedCalls Here { get; } = Of(RuntimeInformation.ProcessArchitecture);

    /// <exception cref="SandboxUnavailableException">An architecture whose call numbers are not known here.</exception>
    public static SupervisedCalls Of(Architecture architecture) => architecture switch
    {
        Architecture.X64 => _onX64,
        Architecture.Arm64 => _onArm64,
        _ => throw new SandboxUnavailableException(SandboxObstacle.UnknownArchitecture, $"{architecture}"),
    };
}
