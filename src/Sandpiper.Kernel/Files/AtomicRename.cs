using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Files;

/// <summary>rename(2) as it is: the new name shows the old thing or the new one, never neither. The base library refuses links to directories.</summary>
public static partial class AtomicRename
{
    /// <exception cref="IOException">With the errno as its HResult.</exception>
    public static void Replace(string from, string to)
    {
        if (Rename(from, to) == 0) return;
        int errno = Marshal.GetLastPInvokeError();
        throw new IOException($"{Marshal.GetPInvokeErrorMessage(errno)}: {to}", errno);
    }

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
