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
    // O_*: asm-generic/fcntl.h
    public const int ReadOnly = 0, WriteOnly = 1, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, NoTerminal = 0x100, Append = 0x400;
    public const int NonBlocking = 0x800, AsPlace = 0x200000;
    private const int CloseOnExec = 0x80000;

    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // These two differ between the architectures (asm/fcntl.h).
    public static int OnlyDirectories { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    public static int NoFollow { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>Null when there is no such file.</summary>
    /// <param name="mode">Of a file that is created, less what the umask takes away.</param>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    public static SafeFileHandle? TryOpen(string path, int flags, UnixFileMode mode = OwnersAlone)
    {
        SafeFileHandle file = Open(path, flags, mode, out int errno);
        if (!file.IsInvalid) return file;
        file.Dispose();
        return errno == Errno.NoSuchFile ? null : throw new KernelException("open", errno, path);
    }

    /// <summary>For whoever decides by the error number; closed on exec.</summary>
    /// <returns>Invalid when it cannot be opened.</returns>
    public static SafeFileHandle Open(string path, int flags, out int errno) => Open(path, flags, OwnersAlone, out errno);

    /// <summary>The same, but left open on exec: for standard streams.</summary>
    public static SafeFileHandle OpenToHandOn(string path, int flags) => OpenCall(path, flags, (int)OwnersAlone);

    /// <summary>In one write(2), so that lines of two commands cannot be mixed, and onto the disk.</summary>
    /// <exception cref="KernelException">It could not be written whole, and is not there at all.</exception>
    public static void AppendLine(SafeFileHandle file, ReadOnlySpan<byte> line, string path)
    {
        AppendLineSoon(file, line, path);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>The same; when it is on the disk is the caller's business.</summary>
    /// <exception cref="KernelException">It could not be written whole, and is not there at all.</exception>
    public static void AppendLineSoon(SafeFileHandle file, ReadOnlySpan<byte> line, string path)
    {
        long before = RandomAccess.GetLength(file);
        nint written = Descriptor.WriteOnce(file, line);
        if (written < 0) throw new KernelException("write", Marshal.GetLastPInvokeError(), path);
        if (written != line.Length)
        {
            // A full disk takes what fits. Half a line would make the whole file unreadable; what another has added since stays.
            if (RandomAccess.GetLength(file) == before + written) RandomAccess.SetLength(file, before);
            throw new KernelException("write", Errno.NoSpace, path);
        }
    }

    internal static SafeFileHandle Open(string path, int flags, UnixFileMode mode, out int errno)
    {
        SafeFileHandle file = OpenCall(path, flags | CloseOnExec, (int)mode);
        errno = file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        return file;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenCall(string path, int flags, int mode);
}
