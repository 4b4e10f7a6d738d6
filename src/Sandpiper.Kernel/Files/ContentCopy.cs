using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// The content of one open file into another: copy_file_range(2), which shares the blocks where the file system can (Btrfs, XFS), and by
/// way of our memory where the kernel does not do it.
/// </summary>
public static partial class ContentCopy
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Up to the end that the file has when it is reached.</summary>
    /// <param name="from">Read from its start.</param>
    /// <param name="to">Empty, opened for writing.</param>
    /// <param name="most">Bytes; copying ends soon after.</param>
    /// <returns>How many bytes were copied; more than <paramref name="most"/> where there are more.</returns>
    /// <exception cref="KernelException">Not all of it could be read or written.</exception>
    public static long Copy(SafeFileHandle from, SafeFileHandle to, long most)
    {
        long copied = 0;
        while (copied <= most)
        {
            nint done = CopyRange(from, 0, to, 0, PieceBytes, 0);
            if (done > 0) copied += done;
            // Of some file systems nothing is told but an end.
            else if (done == 0 && copied > 0) return copied;
            else return copied + CopyBySelf(from, to, most - copied);
        }
        return copied;
    }

    // Goes on where both stand.
    private static long CopyBySelf(SafeFileHandle from, SafeFileHandle to, long most)
    {
        byte[] piece = new byte[64 << 10];
        long copied = 0;
        while (copied <= most)
        {
            int got = Descriptor.ReadOnce(from, piece);
            if (got < 0) throw new KernelException("read", Marshal.GetLastPInvokeError(), "what is copied");
            if (got == 0) return copied;
            if (!Descriptor.TryWrite(to, piece.AsSpan(0, got))) throw new KernelException("write", Marshal.GetLastPInvokeError(), "a copy");
            copied += got;
        }
        return copied;
    }

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    private static partial nint CopyRange(SafeFileHandle from, nint fromOffset, SafeFileHandle to, nint toOffset, nuint length, uint flags);
}
