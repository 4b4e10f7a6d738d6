using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// A mount made from a handle and put where a handle is: no name is resolved, so that nobody can put another thing under one meanwhile.
/// </summary>
/// <remarks>
/// open_tree(2), mount_setattr(2), move_mount(2): Linux 5.12. Needs CAP_SYS_ADMIN over the namespace of mounts that the handle is from.
/// </remarks>
public static unsafe class DetachedMount
{
    /// <summary>Puts a read-only view of what <paramref name="place"/> is over it, whatever its name has become.</summary>
    /// <param name="place">Opened <see cref="RawFile.AsPlace"/>.</param>
    /// <param name="withAllBelow">What is mounted below becomes read-only, too; else it stays there as it is.</param>
    /// <param name="mount">The number of the mount on top.</param>
    /// <returns>0, or the error number; NoSuchFile when it was removed meanwhile.</returns>
    public static int MakeReadOnly(SafeFileHandle place, bool withAllBelow, out ulong mount) =>
        Put(place, place, withAllBelow, out mount);

    /// <summary>Puts <paramref name="cover"/>, a file, over another: whoever opens that opens the cover.</summary>
    /// <inheritdoc cref="MakeReadOnly"/>
    public static int Cover(SafeFileHandle place, SafeFileHandle cover, out ulong mount) =>
        Put(cover, place, withAllBelow: true, out mount);

    /// <summary>Shows a directory read-only at another.</summary>
    /// <inheritdoc cref="MakeReadOnly"/>
    public static int Show(SafeFileHandle directory, SafeFileHandle place) => Put(directory, place, withAllBelow: true, out _);

    /// <summary>Moves a mount, with all that is mounted below it, or one that is mounted nowhere yet.</summary>
    /// <param name="mount">Its root.</param>
    /// <param name="place">Opened <see cref="RawFile.AsPlace"/>.</param>
    /// <returns>0, or the error number.</returns>
    public static int MoveTo(SafeFileHandle mount, SafeFileHandle place)
    {
        byte empty = 0;
        return SystemCall.Invoke(Move, Number(mount), (nuint)(&empty), Number(place), (nuint)(&empty), FromHandle | ToHandle) < 0
            ? Marshal.GetLastPInvokeError() : 0;
    }

    private static int Put(SafeFileHandle source, SafeFileHandle place, bool withAllBelow, out ulong mount)
    {
        mount = 0;
        byte empty = 0;
        nint opened = SystemCall.Invoke(OpenTree, Number(source), (nuint)(&empty), Clone | CloseOnExec | EmptyPath | Recursive, 0, 0);
        if (opened < 0) return Marshal.GetLastPInvokeError();
        using var tree = new SafeFileHandle(opened, ownsHandle: true);
        Attributes attributes = new() { Set = ReadOnly | NoSetUserId | NoDevices };
        nuint below = withAllBelow ? Recursive : 0;
        if (SystemCall.Invoke(SetAttributes, Number(tree), (nuint)(&empty), EmptyPath | below, (nuint)(&attributes),
            (nuint)sizeof(Attributes)) < 0)
        {
            return Marshal.GetLastPInvokeError();
        }
        int errno = MoveTo(tree, place);
        if (errno == 0) mount = FileFacts.MountOf(tree);
        return errno;
    }

    private static nuint Number(SafeFileHandle file) => (nuint)file.DangerousGetHandle();

    /// <summary><c>struct mount_attr</c>, linux/mount.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public ulong Set, Clear, Propagation, UserNamespace;
    }

    private const nint OpenTree = 428, Move = 429, SetAttributes = 442;     // the same on every architecture
    private const nuint Clone = 1;                                          // OPEN_TREE_CLONE, linux/mount.h
    private const nuint CloseOnExec = 0x80000, EmptyPath = 0x1000, Recursive = 0x8000;  // O_CLOEXEC, AT_EMPTY_PATH, AT_RECURSIVE
    private const ulong ReadOnly = 1, NoSetUserId = 2, NoDevices = 4;       // MOUNT_ATTR_*
    private const nuint FromHandle = 0x4, ToHandle = 0x40;                  // MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH
}
