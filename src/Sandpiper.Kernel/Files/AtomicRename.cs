using System.Runtime.InteropServices;
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
        if (Rename(StatxCall.Here, one, StatxCall.Here, other, ExchangeNames) == 0) return true;
        int error = Marshal.GetLastPInvokeError();
        return error is Errno.Invalid or Errno.NoSuchCall ? false : throw new KernelException("renameat2", error, other);
    }

    private const uint ExchangeNames = 2;       // RENAME_EXCHANGE, linux/fs.h

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
