using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>What a signal does to this process, put back when disposed.</summary>
public sealed unsafe partial class SignalDisposition : IDisposable
{
    // SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE, SIGTERM, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU: asm/signal.h
    public const int HangUp = 1, Interrupt = 2, Quit = 3, FirstOfUsers = 10, SecondOfUsers = 12, BrokenPipe = 13, Termination = 15,
        Child = 17, Continue = 18, Stop = 19, TerminalStop = 20, TerminalInput = 21, TerminalOutput = 22;

    private readonly int _signal;
    private readonly Action _before;

    private SignalDisposition(int signal, nint handler)
    {
        _signal = signal;
        Action wanted = default;
        *(nint*)&wanted = handler; // sa_handler comes first in glibc and musl alike; no flags, empty mask
        if (Sigaction(signal, &wanted, out _before) != 0) throw new KernelException("sigaction", Marshal.GetLastPInvokeError());
    }

    /// <summary>It does nothing to this process, as in the background of a script.</summary>
    public static bool IsIgnored(int signal) =>
        Sigaction(signal, null, out Action now) == 0 && *(nint*)&now == 1;  // SIG_IGN

    /// <summary>What the kernel does with it where nobody says otherwise, until disposed.</summary>
    public static SignalDisposition AsUsual(int signal) => new(signal, handler: 0);    // SIG_DFL

    /// <summary>For good: an exec follows.</summary>
    public static void Default(int signal) => _ = new SignalDisposition(signal, handler: 0); // SIG_DFL

    /// <summary>Lets every signal through to the calling thread.</summary>
    public static void UnblockAll()
    {
        SignalSet none = default;
        if (Sigmask(SetMask, &none, null) is var errno and not 0) throw new KernelException("pthread_sigmask", errno);
    }

    /// <summary>What the calling thread does not get now, to be put on another one, by whatever calls this there.</summary>
    public static System.Action MaskToPutOn()
    {
        SignalSet now = default;
        if (Sigmask(SetMask, null, &now) is var errno and not 0) throw new KernelException("pthread_sigmask", errno);
        SignalSet kept = now;
        return () =>
        {
            SignalSet given = kept;
            if (Sigmask(SetMask, &given, null) is var refused and not 0) throw new KernelException("pthread_sigmask", refused);
        };
    }

    /// <summary>The calling thread, and every thread and program that it starts, does not get it until somebody lets it through.</summary>
    public static void Block(int signal)
    {
        SignalSet one = default;
        one[0] = 1ul << (signal - 1);
        if (Sigmask(BlockToo, &one, null) is var errno and not 0) throw new KernelException("pthread_sigmask", errno);
    }

    public void Dispose()
    {
        fixed (Action* before = &_before) _ = Sigaction(_signal, before, out _);
    }

    private const int BlockToo = 0, SetMask = 2; // SIG_BLOCK, SIG_SETMASK

    /// <summary>
    /// At least as large as any libc's <c>struct sigaction</c> (152 bytes in glibc); only its first field is ours to know.
    /// </summary>
    [InlineArray(32)]
    private struct Action
    {
        private long _first;
    }

    /// <summary><c>sigset_t</c>, 128 bytes in glibc and musl.</summary>
    [InlineArray(16)]
    private struct SignalSet
    {
        private ulong _first;
    }

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    private static partial int Sigaction(int signal, Action* wanted, out Action before);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int Sigmask(int how, SignalSet* wanted, SignalSet* before);
}
