using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>One name of an open directory, in its bytes: looked at, made, taken away. No link in its place is followed.</summary>
/// <remarks>
/// Names are without a slash: what lies deeper is opened first (<see cref="PlaceBelow"/>), but where nobody else changes names.
/// </remarks>
public static unsafe partial class NameInDirectory
{
    private const int OfDirectory = 0x200;      // AT_REMOVEDIR, linux/fcntl.h
    private const int MostTargetBytes = 4096;   // PATH_MAX

    /// <summary>False when there is nothing of that name, or it cannot be looked at.</summary>
    public static bool TryLookAt(SafeFileHandle directory, ReadOnlySpan<byte> name, out FileStatus status) =>
        FileStatus.TryRead(directory, [.. name, 0], out status);

    /// <summary>A new file, to be written.</summary>
    /// <param name="mode">Less what the umask takes away.</param>
    /// <returns>Invalid when there is something of that name already, be it a link that leads nowhere, or it cannot be made.</returns>
    public static SafeFileHandle MakeFile(SafeFileHandle directory, ReadOnlySpan<byte> name, UnixFileMode mode, out int errno) =>
        PlaceBelow.Make(directory, name, mode, out errno);

    /// <returns>0, or the error number.</returns>
    public static int MakeDirectory(SafeFileHandle directory, ReadOnlySpan<byte> name, UnixFileMode mode)
    {
        byte[] ended = [.. name, 0];
        fixed (byte* start = ended) return Failure(MakeDirectory(directory, start, (uint)mode));
    }

    /// <returns>0, or the error number.</returns>
    public static int MakeLink(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        byte[] ended = [.. name, 0], targetEnded = [.. target, 0];
        fixed (byte* start = ended, targetStart = targetEnded) return Failure(MakeLink(targetStart, directory, start));
    }

    /// <summary>Where a link points to, unresolved; null when there is none of that name.</summary>
    public static byte[]? TargetOf(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        Span<byte> target = stackalloc byte[MostTargetBytes];
        int length = ReadLink(directory, name, target);
        return length < 0 ? null : target[..length].ToArray();
    }

    /// <summary>Whether there is a link of that name that points there, unresolved.</summary>
    /// <param name="target">Shorter than 4096 bytes, as every target is.</param>
    public static bool Says(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        Span<byte> said = stackalloc byte[MostTargetBytes];
        int length = ReadLink(directory, name, said);
        return length >= 0 && said[..length].SequenceEqual(target);
    }

    /// <summary>Takes away what is no directory.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Remove(SafeFileHandle directory, ReadOnlySpan<byte> name) => Unlink(directory, name, 0);

    /// <summary>Takes away a directory in which nothing is.</summary>
    /// <returns>0, or the error number.</returns>
    public static int RemoveDirectory(SafeFileHandle directory, ReadOnlySpan<byte> name) => Unlink(directory, name, OfDirectory);

    private static int Unlink(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags)
    {
        byte[] ended = [.. name, 0];
        fixed (byte* start = ended) return Failure(Unlink(directory, start, flags));
    }

    // Less than zero when there is no link.
    private static int ReadLink(SafeFileHandle directory, ReadOnlySpan<byte> name, Span<byte> into)
    {
        byte[] ended = [.. name, 0];
        fixed (byte* start = ended, first = into) return (int)ReadLink(directory, start, first, (nuint)into.Length);
    }

    private static int Failure(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    private static partial int MakeDirectory(SafeFileHandle directory, byte* name, uint mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    private static partial int MakeLink(byte* target, SafeFileHandle directory, byte* name);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLink(SafeFileHandle directory, byte* name, byte* into, nuint size);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int Unlink(SafeFileHandle directory, byte* name, int flags);
}
