using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// rename(2) as it is: the new name shows the old thing or the new one, never neither. The base library refuses links to directories.
/// </summary>
public static partial class AtomicRename
{
    /// <exception cref="KernelException">The old thing is still there.</exception>
    public static void Replace(string from, string to) => KernelException.ThrowIfFailed(Rename(from, to), "rename", to);

    /// <summary>Each gets the other's name, in one step: renameat2(2), RENAME_EXCHANGE.</summary>
    /// <returns>False where the file system cannot.</returns>
    /// <exception cref="KernelException">Both are where they were.</exception>
    public static bool TryExchange(string one, string other)
    {
        int error = Rename(StatxCall.Here, Encoding.UTF8.GetBytes(one), StatxCall.Here, Encoding.UTF8.GetBytes(other), ExchangeNames);
        if (error == 0) return true;
        return error is Errno.Invalid or Errno.NoSuchCall ? false : throw new KernelException("renameat2", error, other);
    }

    /// <summary>Moves a name of one open directory into another, where there is none of that name yet: RENAME_NOREPLACE.</summary>
    /// <returns>0, or the error number; nothing was moved then.</returns>
    public static int Move(SafeFileHandle fromDirectory, ReadOnlySpan<byte> name, SafeFileHandle toDirectory, ReadOnlySpan<byte> newName) =>
        Rename(fromDirectory, name, toDirectory, newName, DoNotReplace);

    /// <summary>Each gets the other's name: RENAME_EXCHANGE.</summary>
    /// <returns>0, or the error number; <see cref="Errno.Invalid"/> where the file system cannot. Nothing was moved then.</returns>
    public static int Exchange(
        SafeFileHandle oneDirectory, ReadOnlySpan<byte> one, SafeFileHandle otherDirectory, ReadOnlySpan<byte> other) =>
        Rename(oneDirectory, one, otherDirectory, other, ExchangeNames);

    /// <summary>Moves a name of one open directory into another, over what has that name.</summary>
    /// <returns>0, or the error number; nothing was moved then.</returns>
    public static int Replace(
        SafeFileHandle fromDirectory, ReadOnlySpan<byte> name, SafeFileHandle toDirectory, ReadOnlySpan<byte> newName) =>
        Rename(fromDirectory, name, toDirectory, newName, 0);

    private static unsafe int Rename(
        SafeFileHandle fromDirectory, ReadOnlySpan<byte> from, SafeFileHandle toDirectory, ReadOnlySpan<byte> to, uint flags)
    {
        byte[] fromEnded = [.. from, 0], toEnded = [.. to, 0];
        fixed (byte* fromStart = fromEnded, toStart = toEnded)
        {
            return Rename(fromDirectory, fromStart, toDirectory, toStart, flags) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private const uint DoNotReplace = 1;        // RENAME_NOREPLACE
    private const uint ExchangeNames = 2;       // RENAME_EXCHANGE, linux/fs.h

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static unsafe partial int Rename(SafeFileHandle fromDirectory, byte* from, SafeFileHandle toDirectory, byte* to, uint flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
