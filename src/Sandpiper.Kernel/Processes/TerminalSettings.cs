using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Processes;

/// <summary>
/// How a terminal reads and shows (termios(3)), to be put back after a program that had it: a shell need not do that, and without an echo
/// nobody sees what he types.
/// </summary>
public sealed unsafe class TerminalSettings : IDisposable
{
    // TCGETS, TCSETSW, TIOCGPGRP: asm-generic/ioctls.h
    private const nuint Get = 0x5401, SetWhenShown = 0x5403, GetForeground = 0x540f;

    private readonly SafeFileHandle _terminal;
    private Bytes _settings;

    private TerminalSettings(SafeFileHandle terminal) => _terminal = terminal;

    /// <summary>Of the terminal that this process was started from, as it is now; null where there is none.</summary>
    public static TerminalSettings? OfOurs()
    {
        SafeFileHandle terminal = RawFile.Open("/dev/tty", RawFile.ReadWrite, out _);
        var settings = new TerminalSettings(terminal);
        fixed (Bytes* bytes = &settings._settings)
        {
            if (!terminal.IsInvalid && settings.Control(Get, bytes) == 0) return settings;
        }
        settings.Dispose();
        return null;
    }

    /// <summary>Only while it is ours: whoever is in the background would be stopped for that, and it is another one's.</summary>
    public void PutBack()
    {
        int foreground = 0;
        if (Control(GetForeground, &foreground) != 0 || foreground != OwnGroup) return;
        Bytes now;
        fixed (Bytes* bytes = &_settings)
        {
            if (Control(Get, &now) == 0 && !((ReadOnlySpan<byte>)now).SequenceEqual(_settings)) _ = Control(SetWhenShown, bytes);
        }
    }

    public void Dispose() => _terminal.Dispose();

    private static int OwnGroup => // getpgid(0): asm/unistd.h
        (int)SystemCall.Invoke(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 155 : 121, 0, 0, 0, 0, 0);

    private nint Control(nuint request, void* argument) =>
        SystemCall.Invoke(SystemCall.Ioctl, (nuint)_terminal.DangerousGetHandle(), request, (nuint)argument, 0, 0);

    /// <summary><c>struct termios</c> of the kernel, asm-generic/termbits.h: four words, a line discipline, 19 characters.</summary>
    [InlineArray(36)]
    private struct Bytes
    {
        private byte _first;
    }
}
