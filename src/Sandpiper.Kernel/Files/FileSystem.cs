using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>What a file system's word is worth.</summary>
public static partial class FileSystem
{
    private const int FlagsOffset = 80, NoExecution = 8;    // f_flags of a 64-bit struct statfs; ST_NOEXEC, linux/statfs.h
    private const int AnswerSize = 256;     // struct statfs has 120 bytes on 64-bit machines

    /// <summary>Whether every change of a file moves its ctime, so that the same ctime means the same file.</summary>
    /// <remarks>
    /// Those of which it is known. Not tmpfs: what is written through a memory mapping leaves no trace there; not what is reached over a
    /// network or through a program (NFS, FUSE, 9p), for they tell the time that somebody else says.
    /// </remarks>
    public static bool KeepsChangeTimes(string path) =>
        KindOf(path) is var kind && (IsOfDisks(kind) || kind is 0x2fc12fc1 or 0x794c7630);

    /// <summary>Whether it may be a layer of an overlay, and is as good there as it is by itself.</summary>
    /// <remarks>
    /// Those of which it is known (ext2 to ext4, XFS, btrfs, F2FS, bcachefs, tmpfs). Not what is an overlay itself, nor what others than
    /// this kernel change behind its back (NFS, FUSE, 9p).
    /// </remarks>
    public static bool CanBeLayered(string path) =>
        KindOf(path) is var kind && (IsOfDisks(kind) || kind is 0x01021994);

    /// <summary>Whether a file can be started there: it is not mounted <c>noexec</c>.</summary>
    /// <returns>False, too, where it cannot be told.</returns>
    public static bool StartsPrograms(SafeFileHandle file)
    {
        Span<byte> answer = stackalloc byte[AnswerSize];
        return FStatfs(file, answer) == 0 && (MemoryMarshal.Read<nint>(answer[FlagsOffset..]) & NoExecution) == 0;
    }

    // The magic numbers of linux/magic.h: ext2 to ext4, which are one, XFS, btrfs, F2FS, bcachefs.
    private static bool IsOfDisks(uint kind) => kind is 0xef53 or 0x58465342 or 0x9123683e or 0xf2f52010 or 0xca451a4e;

    /// <summary>By its magic number; zero where it cannot be told.</summary>
    internal static uint KindOf(string path)
    {
        Span<byte> answer = stackalloc byte[AnswerSize];
        return Statfs(path, answer) != 0 ? 0 : (uint)MemoryMarshal.Read<nint>(answer);     // f_type, the first field
    }

    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statfs(string path, Span<byte> answer);

    [LibraryImport("libc", EntryPoint = "fstatfs")]
    private static partial int FStatfs(SafeFileHandle file, Span<byte> answer);
}
