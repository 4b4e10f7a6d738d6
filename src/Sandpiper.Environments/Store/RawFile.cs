using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Environments.Store;

/// <summary>The three calls for which the base library has no equal: open, flock, and a write that appends.</summary>
/// <remarks>
/// <see cref="File.OpenHandle"/> takes a flock of its own, unless an environment variable forbids it, and <see cref="FileMode.Append"/>
/// seeks to the end once, to overwrite what another has added since.
/// </remarks>
internal static partial class RawFile
{
    public const int ReadWrite = 2, Create = 0x40, Exclusive = 0x80, Append = 0x400;    // asm-generic/fcntl.h
    private const int CloseOnExec = 0x80000;
    private const int OnlyForOwner = 0x180;                 // 0600
    private const int LockExclusiveNonBlocking = 2 | 4;     // LOCK_EX | LOCK_NB, asm-generic/fcntl.h
    private const int NoEntry = 2, Interrupted = 4, WouldBlock = 11;     // asm-generic/errno-base.h

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle? TryOpen(string path, int flags)
    {
        var file = Open(path, flags | CloseOnExec, OnlyForOwner);
        if (!file.IsInvalid) return file;
        int error = Marshal.GetLastPInvokeError();
        file.Dispose();
        return error == NoEntry ? null : throw Failure(error, "open", path);
    }

    /// <summary>False when somebody else holds it.</summary>
    public static bool TryLock(SafeFileHandle file, string path)
    {
        while (Flock(file, LockExclusiveNonBlocking) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock) return false;
            if (error != Interrupted) throw Failure(error, "flock", path);
        }
        return true;
    }

    /// <summary>In one write(2), so that lines of two commands cannot be mixed, and onto the disk.</summary>
    /// <exception cref="IOException">It could not be written whole.</exception>
    public static void AppendLine(SafeFileHandle file, ReadOnlySpan<byte> line, string path)
    {
        nint written = Write(file, line, line.Length);
        if (written < 0) throw Failure(Marshal.GetLastPInvokeError(), "write", path);
        if (written != line.Length) throw new IOException($"only {written} of {line.Length} bytes could be written: {path}");
        RandomAccess.FlushToDisk(file);
    }

    private static IOException Failure(int error, string call, string path) =>
        new($"{Marshal.GetPInvokeErrorMessage(error)}: {call}, {path}", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nint count);
}
