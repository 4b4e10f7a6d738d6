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
    /// <param name="place">Opened <see cref="RawFile.AsPlace"/>. What is mounted below becomes read-only, too.</param>
    /// <param name="mount">The number of the mount on top.</param>
    /// <returns>0, or the error number; NoSuchFile when it was removed meanwhile.</returns>
    public static int MakeReadOnly(SafeFileHandle place, out ulong mount) => Put(place, place, out mount);

    /// <summary>Puts <paramref name="cover"/>, a file, over another: whoever opens that opens the cover.</summary>
    /// <inheritdoc cref="MakeReadOnly"/>
    public static int Cover(SafeFileHandle place, SafeFileHandle cover, out ulong mount) => Put(cover, place, out mount);

    /// <summary>A view of what <paramref name="source"/> is, with all that is mounted below it, mounted nowhere yet.</summary>
    /// <param name="source">Opened <see cref="RawFile.AsPlace"/>.</param>
    /// <param name="rights">Through that view; what its file system refuses it refuses all the same.</param>
    /// <returns>Its root; null with the error number.</returns>
    public static SafeFileHandle? TryView(SafeFileHandle source, MountRights rights, out int errno)
    {
        byte empty = 0;
        return View(source, &empty, EmptyPath | Recursive, rights switch
        {
            MountRights.Read => ToBeRead,
            MountRights.Write => NoSetUserId | NoDevices,
            _ => NoSetUserId,
        }, out errno);
    }

    /// <summary>A read-only view of what lies below a directory; nothing that is mounted in it comes along.</summary>
    /// <param name="name">Relative. Links in it are followed but for one at its end: what it leads to is to be compared.</param>
    /// <returns>Its root; null with the error number, EINVAL where something is mounted in it that may not be left out.</returns>
    public static SafeFileHandle? TryViewBelow(SafeFileHandle directory, ReadOnlySpan<byte> name, out int errno)
    {
        byte[] ended = [.. name, 0];
        fixed (byte* start = ended) return View(directory, start, NoFollow, ToBeRead, out errno);
    }

    /// <summary>Nobody writes through what is mounted there any more; what is mounted below it stays as it is.</summary>
    /// <param name="mount">Its root.</param>
    /// <returns>0, or the error number.</returns>
    public static int Close(SafeFileHandle mount) => Set(mount, ReadOnly, below: 0);

    /// <summary>What is mounted or taken away elsewhere, in it or below it, is no longer so here as well: MS_PRIVATE.</summary>
    /// <param name="mount">Its root.</param>
    /// <returns>0, or the error number.</returns>
    public static int KeepApart(SafeFileHandle mount) => Set(mount, attributes: 0, Recursive, Private);

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

    /// <summary>The same, onto what has that name below a directory, in which nobody else changes names.</summary>
    /// <inheritdoc cref="MoveTo(SafeFileHandle, SafeFileHandle)"/>
    public static int MoveTo(SafeFileHandle mount, SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        byte empty = 0;
        byte[] ended = [.. name, 0];
        fixed (byte* start = ended)
        {
            return SystemCall.Invoke(Move, Number(mount), (nuint)(&empty), Number(directory), (nuint)start, FromHandle) < 0
                ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    private static SafeFileHandle? View(SafeFileHandle source, byte* name, nuint how, ulong attributes, out int errno)
    {
        nint opened = SystemCall.Invoke(OpenTree, Number(source), (nuint)name, Clone | CloseOnExec | how, 0, 0);
        errno = opened < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (errno != 0) return null;
        var view = new SafeFileHandle(opened, ownsHandle: true);
        errno = Set(view, attributes, how & Recursive);
        if (errno == 0) return view;
        view.Dispose();
        return null;
    }

    private static int Put(SafeFileHandle source, SafeFileHandle place, out ulong mount)
    {
        mount = 0;
        using SafeFileHandle? view = TryView(source, MountRights.Read, out int errno);
        if (view is null) return errno;
        errno = MoveTo(view, place);
        if (errno == 0) mount = FileFacts.MountOf(view);
        return errno;
    }

    private static int Set(SafeFileHandle mount, ulong attributes, nuint below, ulong propagation = 0)
    {
        byte empty = 0;
        Attributes wanted = new() { Set = attributes, Propagation = propagation };
        return SystemCall.Invoke(SetAttributes, Number(mount), (nuint)(&empty), EmptyPath | below, (nuint)(&wanted),
            (nuint)sizeof(Attributes)) < 0 ? Marshal.GetLastPInvokeError() : 0;
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
    private const nuint NoFollow = 0x100;                                   // AT_SYMLINK_NOFOLLOW
    private const ulong ReadOnly = 1, NoSetUserId = 2, NoDevices = 4;       // MOUNT_ATTR_*
    private const ulong ToBeRead = ReadOnly | NoSetUserId | NoDevices;
    private const ulong Private = 1 << 18;                                  // MS_PRIVATE, linux/mount.h
    private const nuint FromHandle = 0x4, ToHandle = 0x40;                  // MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH
}

/// <summary>What may be done with what is mounted, as far as whose it is allows it.</summary>
public enum MountRights
{
    /// <summary>Looked at.</summary>
    Read,

    /// <summary>Written.</summary>
    Write,

    /// <summary>Written, and used as a device.</summary>
    Device,
}
