using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Environments.Policies;

/// <summary>Adds a line to the end of a file, wherever that end is by then: two commands that add at once both stay.</summary>
/// <remarks>Not <see cref="FileMode.Append"/>, which seeks to the end once and then overwrites what another has added since.</remarks>
internal static partial class AppendedLine
{
    private const int WriteOnly = 1, Create = 0x40, Append = 0x400, CloseOnExec = 0x80000;  // asm-generic/fcntl.h
    private const int OnlyForOwner = 0x180;     // 0600

    /// <exception cref="IOException">It could not be written whole.</exception>
    public static void Write(string path, ReadOnlySpan<byte> line)
    {
        using var file = Open(path, WriteOnly | Create | Append | CloseOnExec, OnlyForOwner);
        if (file.IsInvalid) throw Failure("open", path);
        // One write(2): lines of two commands cannot be mixed. A line that did not fit on the disk is cut off, and the reader says so.
        nint written = Write(file, line, line.Length);
        if (written < 0) throw Failure("write", path);
        if (written != line.Length) throw new IOException($"only {written} of {line.Length} bytes could be written: {path}");
        RandomAccess.FlushToDisk(file);
    }

    private static IOException Failure(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: {call}, {path}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nint count);
}
