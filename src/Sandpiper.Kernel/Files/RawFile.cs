using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>An open that locks nothing, and a write that appends: the base library has neither.</summary>
/// <remarks>
/// <see cref="File.OpenHandle"/> takes a shared flock of its own and fails where another holds an exclusive one;
/// <see cref="FileMode.Append"/> seeks to the end once, to overwrite what another has added since.
/// </remarks>
public static partial class RawFile
{
    public const int WriteOnly = 1, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, Append = 0x400;    // asm-generic/fcntl.h
    private const int CloseOnExec = 0x80000;
    private const int NoEntry = 2, NoSpace = 28;      // asm-generic/errno-base.h

    /// <summary>Null when there is no such file.</summary>
    /// <param name="mode">Of a file that is created, less what the umask takes away.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle? TryOpen(string path, int flags, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var file = Open(path, flags | CloseOnExec, (int)mode);
        if (!file.IsInvalid) return file;
        int error = Marshal.GetLastPInvokeError();
        file.Dispose();
        return error == NoEntry ? null : throw Failure(error, "open", path);
    }

    /// <summary>In one write(2), so that lines of two commands cannot be mixed, and onto the disk.</summary>
    /// <exception cref="IOException">It could not be written whole, and is not there at all.</exception>
    public static void AppendLine(SafeFileHandle file, ReadOnlySpan<byte> line, string path)
    {
        long before = RandomAccess.GetLength(file);
        nint written = Write(file, line, line.Length);
        if (written < 0) throw Failure(Marshal.GetLastPInvokeError(), "write", path);
        if (written != line.Length)
        {
            // A full disk takes what fits. Half a line would make the whole file unreadable; what another has added since stays.
            if (RandomAccess.GetLength(file) == before + written) RandomAccess.SetLength(file, before);
            throw Failure(NoSpace, "write", path);
        }
        RandomAccess.FlushToDisk(file);
    }

    private static IOException Failure(int error, string call, string path) =>
        new($"{Marshal.GetPInvokeErrorMessage(error)}: {call}, {path}", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nint count);
}
