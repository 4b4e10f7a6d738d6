using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Terminals;

/// <summary>
/// Whether somebody in a sandbox waits for what is typed, as the kernel tells it (<c>/proc/PID/syscall</c>): the user's keys are left to
/// whoever else reads them until then, and what he types ahead to his shell.
/// </summary>
internal static class WaitingForInput
{
    private const int MostProcesses = 512, MostThreads = 256;   // beyond them nobody looks; who has so many asks for no line

    private static readonly bool _isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    // read, readv; poll, select, pselect6, ppoll, epoll_wait, epoll_pwait, epoll_pwait2: asm/unistd.h
    private static readonly int[] _reading = _isArm ? [63, 65] : [0, 19];

    private static readonly int[] _waiting = _isArm ? [72, 73, 22, 441] : [7, 23, 270, 271, 232, 281, 441];

    /// <param name="program">A process of the sandbox, as we number it.</param>
    /// <param name="terminal">What is waited for.</param>
    /// <param name="orForAnything">Also who waits for several things at once, of which nobody knows whether it is among them.</param>
    /// <returns>Null: the kernel does not tell us.</returns>
    public static bool? Somebody(int program, FileIdentity terminal, bool orForAnything)
    {
        // The sandbox's own list of processes, whoever started them.
        string processes = string.Create(CultureInfo.InvariantCulture, $"/proc/{program}/root/proc");
        bool isTold = false;
        foreach (string process in Numbered(processes).Take(MostProcesses))
        {
            foreach (string thread in Numbered($"{process}/task").Take(MostThreads))
            {
                if (CallOf($"{thread}/syscall") is not { } call) continue;
                isTold = true;
                if (_reading.Contains(call.Number) && IsTerminal($"{process}/fd/{call.Descriptor}", terminal)) return true;
                if (orForAnything && _waiting.Contains(call.Number)) return true;
            }
        }
        return isTold ? false : null;
    }

    // None where it ended meanwhile, or may not be looked at; the first process of a sandbox is bubblewrap, and hidden.
    private static string[] Numbered(string directory)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(directory).Where(path => char.IsAsciiDigit(path[path.LastIndexOf('/') + 1]))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // `0 0x3 0x7ffc… …`: number and arguments; `running` otherwise; -1 where it sleeps in no call.
    private static (int Number, int Descriptor)? CallOf(string path)
    {
        Span<byte> text = stackalloc byte[256];
        int length = Read(path, text);
        if (length == 0) return null;
        string[] words = Encoding.ASCII.GetString(text[..length]).Split(' ', 3);
        bool isCall = int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && words.Length == 3;
        return !isCall || !words[1].StartsWith("0x", StringComparison.Ordinal)
            || !int.TryParse(words[1].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int descriptor)
            ? (-1, -1) : (number, descriptor);
    }

    private static bool IsTerminal(string descriptor, FileIdentity terminal)
    {
        using SafeFileHandle file = RawFile.Open(descriptor, RawFile.AsPlace, out _);
        if (file.IsInvalid) return false;
        // Or /dev/tty, which is whichever one it has.
        return FileFacts.IdentityOf(file) == terminal || DeviceNumber.OfCharacter(file) is { Major: 5, Minor: 0 };
    }

    private static int Read(string path, Span<byte> into)
    {
        using SafeFileHandle file = RawFile.Open(path, RawFile.ReadOnly, out _);
        return file.IsInvalid ? 0 : Descriptor.Read(file, into);
    }
}
