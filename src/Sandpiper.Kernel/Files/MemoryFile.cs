using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>Bytes handed to a child by descriptor: no path to race for, nothing in an argument list that every user can read.</summary>
public static partial class MemoryFile
{
    /// <summary>Positioned at its start; closes with the handle, and on exec.</summary>
    /// <exception cref="KernelException">No memory, or no descriptors left.</exception>
    public static SafeFileHandle With(string name, ReadOnlySpan<byte> content)
    {
        SafeFileHandle file = MemfdCreate(name, CloseOnExec);
        if (file.IsInvalid) throw new KernelException("memfd_create", Marshal.GetLastPInvokeError());
        RandomAccess.Write(file, content, fileOffset: 0); // writes at an offset: the position that the child reads from stays 0
        return file;
    }

    private const uint CloseOnExec = 1; // MFD_CLOEXEC, linux/memfd.h

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle MemfdCreate(string name, uint flags);
}
