using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>Whose a file is, which the base library does not tell.</summary>
/// <param name="UserId">Owner.</param>
/// <param name="Mode">Permission bits.</param>
public readonly record struct FileFacts(uint UserId, UnixFileMode Mode)
{
    private const uint OwnerAndMode = 0x2 | 0x8;    // STATX_MODE | STATX_UID, linux/stat.h
    private const int TypeMask = 0xf000, Socket = 0xc000;           // S_IFMT, S_IFSOCK
    private const uint Born = 0x800;                                // STATX_BTIME
    private const uint Kind = 0x1, Inode = 0x100, Mount = 0x1000;   // STATX_TYPE, STATX_INO, STATX_MNT_ID

    /// <returns>Null when there is none (links are followed).</returns>
    public static FileFacts? Of(string path) =>
        StatxCall.Of(StatxCall.Here, path, 0, OwnerAndMode, out StatxCall.Answer answer) == 0 ? From(answer) : null;

    /// <exception cref="KernelException">Never, for an open file of an ordinary file system.</exception>
    public static FileFacts Of(SafeFileHandle file) => From(Asked(file, OwnerAndMode));

    /// <summary>Whether a path leads to a socket, links followed.</summary>
    public static bool IsSocket(string path) =>
        StatxCall.Of(StatxCall.Here, path, 0, Kind, out StatxCall.Answer answer) == 0 && (answer.Mode & TypeMask) == Socket;

    /// <summary>What an open descriptor is.</summary>
    /// <exception cref="KernelException">It is not open.</exception>
    public static FileType KindOf(SafeFileHandle file) => Asked(file, Kind).Type;

    /// <summary>Of what a path leads to, links followed. Null when there is nothing.</summary>
    public static FileIdentity? IdentityOf(string path) =>
        StatxCall.Of(StatxCall.Here, path, 0, Inode, out StatxCall.Answer answer) == 0 ? answer.Identity : null;

    /// <exception cref="KernelException">It is not open.</exception>
    public static FileIdentity IdentityOf(SafeFileHandle file) => Asked(file, Inode).Identity;

    /// <summary>When an open file was made; nobody can set it, and no change of it changes that.</summary>
    /// <returns>Null where its file system does not know.</returns>
    /// <exception cref="KernelException">It is not open.</exception>
    public static UnixTime? BornAt(SafeFileHandle file)
    {
        StatxCall.Answer answer = Asked(file, Born);
        return (answer.Mask & Born) == 0 ? null : new(answer.Born.Seconds, answer.Born.Nanoseconds);
    }

    /// <summary>What an open descriptor is, which one, and through which mount: <see cref="MountOf(SafeFileHandle)"/>.</summary>
    /// <exception cref="KernelException">It is not open.</exception>
    public static (FileType Type, FileIdentity Identity, ulong Mount) PlaceOf(SafeFileHandle file)
    {
        StatxCall.Answer answer = Asked(file, Kind | Inode | Mount);
        return (answer.Type, answer.Identity, answer.Mount);
    }

    /// <summary>The number of the mount to which a path leads. No link in its place is followed.</summary>
    /// <returns>Null when there is nothing.</returns>
    public static ulong? MountOf(string path) =>
        StatxCall.Of(StatxCall.Here, path, StatxCall.NoFollow, Mount, out StatxCall.Answer answer) == 0 ? answer.Mount : null;

    /// <summary>The number of the mount that an open descriptor goes through, as <see cref="MountTable"/> lists it.</summary>
    /// <exception cref="KernelException">It is not open.</exception>
    public static ulong MountOf(SafeFileHandle file) => Asked(file, Mount).Mount;

    private static StatxCall.Answer Asked(SafeFileHandle file, uint mask) =>
        StatxCall.Of(file, "", StatxCall.EmptyPath, mask, out StatxCall.Answer answer) == 0
        ? answer
        : throw new KernelException("statx", Marshal.GetLastPInvokeError());

    private static FileFacts From(in StatxCall.Answer answer) => new(answer.User, answer.Permissions);
}
