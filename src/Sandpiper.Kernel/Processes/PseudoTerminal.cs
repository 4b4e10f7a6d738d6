using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Processes;

/// <summary>A terminal that nobody sits at (pty(7)): what is written to one end is typed at the other. Linux 4.13.</summary>
public sealed unsafe class PseudoTerminal : IDisposable
{
    private const nuint Lock = 0x40045431, Number = 0x80045430, OpenPeer = 0x5441;     // TIOCSPTLCK, TIOCGPTN, TIOCGPTPEER
    private const nuint GetForeground = 0x540f, SendSignal = 0x40045436;                // TIOCGPGRP, TIOCSIG: asm-generic/ioctls.h
    private const nuint CloseOnExec = 0x80000;

    private PseudoTerminal(SafeFileHandle ours, SafeFileHandle theirs, uint number) => (Ours, Theirs, _number) = (ours, theirs, number);

    private readonly uint _number;

    /// <summary>The end of whoever shows and types.</summary>
    public SafeFileHandle Ours { get; }

    /// <summary>The end that is a terminal.</summary>
    public SafeFileHandle Theirs { get; }

    /// <summary>By which name it can be opened; null where that is another one's, of another set of terminals.</summary>
    public string? Name
    {
        get
        {
            string name = $"/dev/pts/{_number}";
            return FileFacts.IdentityOf(name) == FileFacts.IdentityOf(Theirs) ? name : null;
        }
    }

    /// <summary>Both ends close on exec, and neither becomes the terminal of this process.</summary>
    /// <exception cref="KernelException">There are none to be had here.</exception>
    public static PseudoTerminal Open()
    {
        SafeFileHandle ours = RawFile.Open("/dev/ptmx", RawFile.ReadWrite | RawFile.NoTerminal, out int errno);
        if (ours.IsInvalid) throw new KernelException("open(/dev/ptmx)", errno);
        try
        {
            int unlocked = 0;
            uint number;
            if (TerminalCall.Ask(ours, Lock, &unlocked) < 0 || TerminalCall.Ask(ours, Number, &number) < 0)
                throw new KernelException("ioctl(TIOCSPTLCK)", Marshal.GetLastPInvokeError());
            nint theirs = TerminalCall.Ask(ours, OpenPeer, (void*)(RawFile.ReadWrite | RawFile.NoTerminal | CloseOnExec));
            return theirs >= 0 ? new(ours, new SafeFileHandle(theirs, ownsHandle: true), number)
                : throw new KernelException("ioctl(TIOCGPTPEER)", Marshal.GetLastPInvokeError());
        }
        catch
        {
            ours.Dispose();
            throw;
        }
    }

    /// <summary>Which process group its programs have put into the foreground, as we number them; null: none.</summary>
    public int? Foreground
    {
        get
        {
            int group;
            return TerminalCall.Ask(Ours, GetForeground, &group) == 0 && group > 0 ? group : null;
        }
    }

    /// <summary>SIGINT, SIGQUIT or SIGTSTP for whoever is in its foreground, as its keys would send them.</summary>
    public void Signal(int signal) => _ = TerminalCall.Ask(Ours, SendSignal, (void*)signal);

    /// <summary>How large it is, from now on, and its programs are told (SIGWINCH).</summary>
    public void Resize(Terminal.WindowSize size) => _ = TerminalCall.Ask(Ours, Terminal.SetWindowSize, &size);

    public void Dispose()
    {
        Ours.Dispose();
        Theirs.Dispose();
    }
}
