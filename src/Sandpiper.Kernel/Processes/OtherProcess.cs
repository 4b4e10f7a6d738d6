using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Processes;

/// <summary>
/// What another process does; memory and descriptors of one of ours: process_vm_readv(2), pidfd_getfd(2). Linux 5.6,
/// and ptrace(2)'s rights.
/// </summary>
public static unsafe class OtherProcess
{
    /// <summary>What a process does, and who started it (proc_pid_stat(5)); null: it has gone.</summary>
    public static (char State, int Parent)? StateOf(int process) => FactsOf(process) is ["", [var state], var parent, ..]
        && int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? (state, id) : null;

    /// <summary>When a process began, in the kernel's ticks since this machine did: whoever has its number later began later. Null: it has
    /// gone.</summary>
    public static ulong? BeginOf(int process) => FactsOf(process) is { Length: > BeginAt } facts
        && ulong.TryParse(facts[BeginAt], NumberStyles.None, CultureInfo.InvariantCulture, out ulong ticks) ? ticks : null;

    private const int BeginAt = 20;     // starttime, the 22nd of proc_pid_stat(5); an empty one stands for the first two here

    private static string[] FactsOf(int process)
    {
        Span<byte> text = stackalloc byte[512];
        using var file = RawFile.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"), RawFile.ReadOnly, out _);
        int length = file.IsInvalid ? 0 : Descriptor.Read(file, text);
        // Its name, between brackets, may hold anything: what follows the last one is the kernel's.
        int end = text[..length].LastIndexOf((byte)')');
        return end < 0 ? [] : Encoding.ASCII.GetString(text[(end + 1)..length]).Split(' ');
    }

    /// <returns>0, or why it cannot be read; all of it, or nothing.</returns>
    public static int Read(int thread, ulong address, Span<byte> into)
    {
        if (into.IsEmpty) return 0;
        fixed (byte* start = into)
        {
            Piece here = new() { Start = (nuint)start, Length = (nuint)into.Length };
            Piece there = new() { Start = checked((nuint)address), Length = (nuint)into.Length };
            nint got = SystemCall.Invoke(ReadMemory, (nuint)thread, (nuint)(&here), 1, (nuint)(&there), 1, 0);
            return got == into.Length ? 0 : got >= 0 ? Errno.BadAddress : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Bytes that end with a zero.</summary>
    /// <returns>Without it; null when there are more than <paramref name="most"/>, or they cannot be read.</returns>
    public static byte[]? ReadText(int thread, ulong address, int most)
    {
        const int PageBytes = 4096;
        byte[] text = new byte[most];
        for (int have = 0; have < most;)
        {
            ulong at = unchecked(address + (ulong)have);
            int part = Math.Min(most - have, PageBytes - (int)(at % PageBytes)); // the page behind may not be there
            if (Read(thread, at, text.AsSpan(have, part)) != 0) return null;
            int end = text.AsSpan(have, part).IndexOf((byte)0);
            if (end >= 0) return text[..(have + end)];
            have += part;
        }
        return null;
    }

    /// <summary>One of its descriptors, as ours: the same open file.</summary>
    /// <returns>0, or why not.</returns>
    public static int Take(int thread, ulong descriptor, out SafeFileHandle taken)
    {
        taken = new SafeFileHandle(-1, ownsHandle: true);
        using SafeFileHandle process = Opened(thread, out int errno);
        if (process.IsInvalid) return errno;
        nint got = SystemCall.Invoke(TakeDescriptor, (nuint)process.DangerousGetHandle(), (nuint)(uint)descriptor, 0, 0, 0);
        if (got < 0) return Marshal.GetLastPInvokeError();
        taken.Dispose();
        taken = new SafeFileHandle(got, ownsHandle: true);
        return 0;
    }

    /// <summary>A handle of it: whoever has its number later is somebody else. Invalid where it has gone.</summary>
    public static SafeFileHandle Open(int process) => Opened(process, out _);

    /// <summary>Sends a signal to a process that was opened; does nothing when it is gone.</summary>
    public static void Signal(SafeFileHandle process, int signal)
    {
        if (!process.IsInvalid) _ = SystemCall.Invoke(SendSignal, (nuint)process.DangerousGetHandle(), (nuint)signal, 0, 0, 0);
    }

    /// <summary>
    /// Whether the kernel tells of a process that was opened how it has ended, whoever it is a child of; where it does so only partly,
    /// <see cref="EndOf"/> does not (Linux 6.13, PIDFD_GET_INFO).
    /// </summary>
    public static bool TellsItsEnd(SafeFileHandle process) => TryInform(process, out _);

    /// <summary>How it has ended, once whoever it is a child of has waited for it (Linux 6.15, PIDFD_INFO_EXIT).</summary>
    /// <returns>Its exit code, or 128 + n when signal n ended it; null: that is not so yet, or the kernel does not say.</returns>
    public static int? EndOf(SafeFileHandle process)
    {
        if (!TryInform(process, out Information got) || (got.Asked & HasEnded) == 0) return null;
        return WaitStatus.ExitCode(got.Status);
    }

    private static bool TryInform(SafeFileHandle process, out Information got)
    {
        Information asked = new() { Asked = HasEnded };
        bool isTold = !process.IsInvalid
            && SystemCall.Invoke(SystemCall.Ioctl, (nuint)process.DangerousGetHandle(), Inform, (nuint)(&asked), 0, 0) == 0;
        got = asked;
        return isTold;
    }

    private static SafeFileHandle Opened(int thread, out int errno)
    {
        nint opened = SystemCall.Invoke(OpenProcess, (nuint)thread, 0, 0, 0, 0);
        // Only of a process's first thread is the number the process's own.
        if (opened < 0 && LeaderOf(thread) is { } leader) opened = SystemCall.Invoke(OpenProcess, (nuint)leader, 0, 0, 0, 0);
        errno = opened < 0 ? Marshal.GetLastPInvokeError() : 0;
        return new SafeFileHandle(opened, ownsHandle: true);
    }

    private static int? LeaderOf(int thread)
    {
        const string Name = "Tgid:";
        try
        {
            string? line = File.ReadLines($"/proc/{thread}/status").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
            return int.TryParse(line?[Name.Length..], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int id) ? id : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it is gone
        }
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Piece
    {
        public nuint Start, Length;
    }

    /// <summary><c>struct pidfd_info</c>, as long as it was first (PIDFD_INFO_SIZE_VER0).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Information
    {
        public ulong Asked, ControlGroup;
        public fixed uint Ids[11];
        public int Status;
    }

    private const ulong HasEnded = 1 << 3;      // PIDFD_INFO_EXIT: linux/pidfd.h
    private const nuint Inform = 0xc040ff0b;    // PIDFD_GET_INFO: linux/pidfd.h

    private static nint ReadMemory => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 270 : 310;     // asm/unistd.h

    private const nint SendSignal = 424, OpenProcess = 434, TakeDescriptor = 438; // the same on every architecture
}
