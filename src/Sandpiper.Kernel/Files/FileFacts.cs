using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>What a descriptor can be, as far as it matters here.</summary>
public enum FileKind
{
    Other,
    Regular,
    Directory,
    BlockDevice,
}

/// <summary>Whose a file is, which the base library does not tell.</summary>
/// <param name="UserId">Owner.</param>
/// <param name="Mode">Permission bits.</param>
public readonly partial record struct FileFacts(uint UserId, UnixFileMode Mode)
{
    /// <returns>Null when there is none (links are followed).</returns>
    public static unsafe FileFacts? Of(string path)
    {
        Statx facts = default;
        return Call(CurrentDirectory, path, 0, OwnerAndMode, &facts) == 0 ? From(facts) : null;
    }

    /// <exception cref="KernelException">Never, for an open file of an ordinary file system.</exception>
    public static unsafe FileFacts Of(SafeFileHandle file)
    {
        Statx facts = default;
        return Call((int)file.DangerousGetHandle(), "", EmptyPath, OwnerAndMode, &facts) == 0
            ? From(facts)
            : throw new KernelException("statx", Marshal.GetLastPInvokeError());
    }

    /// <summary>What an open descriptor is.</summary>
    /// <exception cref="KernelException">It is not open.</exception>
    public static unsafe FileKind KindOf(SafeFileHandle file)
    {
        Statx facts = default;
        if (Call((int)file.DangerousGetHandle(), "", EmptyPath, OwnerAndMode | Kind, &facts) != 0) throw new KernelException("statx", Marshal.GetLastPInvokeError());
        return (facts.Mode & KindMask) switch
        {
            0x8000 => FileKind.Regular,         // S_IFREG, S_IFDIR, S_IFBLK: linux/stat.h
            0x4000 => FileKind.Directory,
            0x6000 => FileKind.BlockDevice,
            _ => FileKind.Other,
        };
    }

    /// <summary>Device and inode, as text; of what a path leads to, links followed. Null when there is nothing.</summary>
    public static unsafe string? IdentityOf(string path)
    {
        Statx facts = default;
        return Call(CurrentDirectory, path, 0, Inode, &facts) == 0 ? IdentityIn(facts) : null;
    }

    /// <exception cref="KernelException">It is not open.</exception>
    public static unsafe string IdentityOf(SafeFileHandle file)
    {
        Statx facts = default;
        return Call((int)file.DangerousGetHandle(), "", EmptyPath, Inode, &facts) == 0 ? IdentityIn(facts) : throw new KernelException("statx", Marshal.GetLastPInvokeError());
    }

    private static string IdentityIn(Statx facts) => string.Create(CultureInfo.InvariantCulture, $"{facts.DeviceMajor}:{facts.DeviceMinor}:{facts.Inode}");

    private static FileFacts From(Statx facts) => new(facts.UserId, (UnixFileMode)(facts.Mode & 0xfff));

    private const int CurrentDirectory = -100;  // AT_FDCWD, AT_EMPTY_PATH: linux/fcntl.h
    private const int EmptyPath = 0x1000;
    private const uint OwnerAndMode = 0x2 | 0x8; // STATX_MODE | STATX_UID, linux/stat.h

    private const uint Kind = 0x1, Inode = 0x100; // STATX_TYPE, STATX_INO
    private const int KindMask = 0xf000;        // S_IFMT

    /// <summary>The head of <c>struct statx</c>; the same on every architecture, unlike <c>struct stat</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Call(int directory, string path, int flags, uint mask, Statx* facts);
}
