using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// rename(2) as it is: the new name shows the old thing or the new one, never neither. The base library refuses links to directories.
/// </summary>
public static partial class AtomicRename
{
    /// <exception cref="KernelException">The old thing is still there.</exception>
    public static void Replace(string from, string to) => KernelException.ThrowIfFailed(Rename(from, to), "rename", to);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
