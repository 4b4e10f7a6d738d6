using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>statx(2), whose answer is laid out alike on every architecture, unlike that of stat(2).</summary>
internal static unsafe partial class StatxCall
{
    /// <summary>For paths that are not below an open directory: AT_FDCWD, linux/fcntl.h.</summary>
    public static SafeFileHandle Here { get; } = new(-100, ownsHandle: false);

    /// <summary>Of the descriptor itself, with an empty path: AT_EMPTY_PATH.</summary>
    public const int EmptyPath = 0x1000;

    /// <summary>A link itself: AT_SYMLINK_NOFOLLOW.</summary>
    public const int NoFollow = 0x100;

    private const int TypeMask = 0xf000;            // S_IFMT: linux/stat.h
    private const int PermissionsMask = 0xfff;

    private const int UsualPath = 512;              // bytes; a longer one costs an allocation

    /// <returns>0, or -1; the last error says why.</returns>
    public static int Of(SafeFileHandle directory, string path, int flags, uint mask, out Answer answer)
    {
        int most = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        Span<byte> name = most <= UsualPath ? stackalloc byte[UsualPath] : new byte[most];
        name[Encoding.UTF8.GetBytes(path, name)] = 0;
        return Of(directory, name, flags, mask, out answer);
    }

    /// <param name="name">As the kernel has it, of whatever encoding, with its zero.</param>
    /// <returns>0, or -1; the last error says why.</returns>
    public static int Of(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, uint mask, out Answer answer)
    {
        fixed (byte* start = name) return Ask(directory, start, flags, mask, out answer);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int Ask(SafeFileHandle directory, byte* path, int flags, uint mask, out Answer answer);

    [StructLayout(LayoutKind.Sequential)]
    internal struct Timestamp
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;
    }

    /// <summary>struct statx, linux/stat.h.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct Answer
    {
        public uint Mask, BlockSize;
        public ulong Attributes;
        public uint Links, User, Group;
        public ushort Mode, Padding;
        public ulong Inode, Size, Blocks, AttributesMask;
        public Timestamp Accessed, Born, Changed, Modified;
        public uint SpecialMajor, SpecialMinor, DeviceMajor, DeviceMinor;
        public ulong Mount;

        public readonly FileIdentity Identity => new(DeviceMajor, DeviceMinor, Inode);

        public readonly UnixFileMode Permissions => (UnixFileMode)(Mode & PermissionsMask);

        public readonly FileType Type => (Mode & TypeMask) switch
        {
            0x8000 => FileType.Regular,         // S_IFREG, S_IFDIR, S_IFLNK, S_IFBLK
            0x4000 => FileType.Directory,
            0xa000 => FileType.SymbolicLink,
            0x6000 => FileType.BlockDevice,
            _ => FileType.Other,
        };
    }
}
