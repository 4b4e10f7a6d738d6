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
        SafeFileHandle file = Empty(name);
        RandomAccess.Write(file, content, fileOffset: 0); // writes at an offset: the position that the child reads from stays 0
        return file;
    }

    /// <summary>One with nothing in it yet.</summary>
    /// <inheritdoc cref="With"/>
    public static SafeFileHandle Empty(string name)
    {
        SafeFileHandle file = MemfdCreate(name, CloseOnExec);
        return file.IsInvalid ? throw new KernelException("memfd_create", Marshal.GetLastPInvokeError()) : file;
    }

    /// <summary>Writes into an empty one, whoever else has it; the position that a child reads from stays where it is.</summary>
    /// <exception cref="KernelException">There is no memory for it.</exception>
    public static void Fill(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        try
        {
            RandomAccess.Write(file, content, fileOffset: 0);
        }
        catch (IOException)
        {
            throw new KernelException("write", Errno.NoSpace);
        }
    }

    /// <summary>The same for a program, to be started from there; null where the kernel starts none from memory.</summary>
    /// <inheritdoc cref="With"/>
    public static SafeFileHandle? TryProgram(string name)
    {
        SafeFileHandle file = MemfdCreate(name, CloseOnExec | Executable);
        // Linux before 6.3 does not know the word, and starts everything; later sysctl vm.memfd_noexec may forbid it.
        if (file.IsInvalid && Marshal.GetLastPInvokeError() == Errno.Invalid) file = MemfdCreate(name, CloseOnExec);
        if (file.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            return errno == Errno.NoAccess ? null : throw new KernelException("memfd_create", errno);
        }
        return file;
    }

    private const uint CloseOnExec = 1, Executable = 16;    // MFD_CLOEXEC, MFD_EXEC: linux/memfd.h

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle MemfdCreate(string name, uint flags);
}
