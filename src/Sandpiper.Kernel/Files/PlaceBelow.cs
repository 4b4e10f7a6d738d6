using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>A name looked up below an open directory, and nowhere else: openat2(2), Linux 5.6.</summary>
public static unsafe class PlaceBelow
{
    /// <summary>No link is followed, a link at the end is opened itself, and nothing above the directory is reached.</summary>
    /// <returns>A handle that leads to the place and cannot be read through; invalid when there is nothing of that name.</returns>
    public static SafeFileHandle Open(SafeFileHandle directory, string relative) => Open(directory, NativeText.Bytes(relative));

    /// <summary>The same for a name that need not be text.</summary>
    /// <inheritdoc cref="Open(SafeFileHandle, string)"/>
    public static SafeFileHandle Open(SafeFileHandle directory, ReadOnlySpan<byte> relative) =>
        Open(directory, relative, out _);

    /// <summary>The same for whoever decides by the error number.</summary>
    /// <inheritdoc cref="Open(SafeFileHandle, string)"/>
    public static SafeFileHandle Open(SafeFileHandle directory, ReadOnlySpan<byte> relative, out int errno) =>
        Open(directory, relative, RawFile.AsPlace | RawFile.NoFollow, Beneath | NoLinks, out errno);

    /// <summary>The same, but a link at the end is not opened, either (ELOOP).</summary>
    /// <inheritdoc cref="Open(SafeFileHandle, string)"/>
    public static SafeFileHandle OpenNoLink(SafeFileHandle directory, ReadOnlySpan<byte> relative, out int errno) =>
        Open(directory, relative, RawFile.AsPlace, Beneath | NoLinks, out errno);

    /// <summary>A directory below, to read what is in it.</summary>
    /// <inheritdoc cref="Open(SafeFileHandle, string)"/>
    public static SafeFileHandle OpenDirectory(SafeFileHandle directory, ReadOnlySpan<byte> relative) =>
        Open(directory, relative, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, Beneath | NoLinks, out _);

    /// <summary>A file below, to read it; a FIFO is not waited for.</summary>
    /// <inheritdoc cref="Open(SafeFileHandle, string)"/>
    public static SafeFileHandle OpenFile(SafeFileHandle directory, ReadOnlySpan<byte> relative) =>
        Open(directory, relative, RawFile.ReadOnly | RawFile.NonBlocking | RawFile.NoTerminal | RawFile.NoFollow, Beneath | NoLinks, out _);

    /// <summary>A file below that is not there yet, to write it.</summary>
    /// <returns>Invalid when there is something of that name already, or it cannot be made.</returns>
    internal static SafeFileHandle Make(SafeFileHandle directory, ReadOnlySpan<byte> relative, UnixFileMode mode, out int errno) =>
        Open(directory, relative, RawFile.WriteOnly | RawFile.Create | RawFile.Exclusive | RawFile.NoFollow, Beneath | NoLinks, out errno,
            mode);

    /// <summary>A path of another process's, looked up as if the directory was the root: links in it lead nowhere else, either.</summary>
    /// <param name="root">As that process has it.</param>
    /// <param name="path">Absolute.</param>
    /// <inheritdoc cref="Open(SafeFileHandle, string)"/>
    public static SafeFileHandle OpenInRoot(SafeFileHandle root, ReadOnlySpan<byte> path, out int errno) =>
        Open(root, path, RawFile.AsPlace, InRoot | NoMagicLinks, out errno);

    /// <summary>To be read through as the flags of open(2) say.</summary>
    /// <param name="followLinks">As long as they do not lead out of the directory.</param>
    /// <inheritdoc cref="Open(SafeFileHandle, string)"/>
    internal static SafeFileHandle Open(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, bool followLinks) =>
        Open(directory, path, flags, followLinks ? Beneath : Beneath | NoLinks, out _);

    private static SafeFileHandle Open(
        SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, ulong resolve, out int errno, UnixFileMode mode = UnixFileMode.None)
    {
        byte[] ended = [.. path, 0];
        HowToOpen how = new() { Flags = (ulong)(flags | CloseOnExec), Mode = (ulong)mode, Resolve = resolve };
        fixed (byte* start = ended)
        {
            nint opened = SystemCall.Invoke(
                OpenCall, (nuint)directory.DangerousGetHandle(), (nuint)start, (nuint)(&how), (nuint)sizeof(HowToOpen), 0);
            errno = opened < 0 ? Marshal.GetLastPInvokeError() : 0;
            return new SafeFileHandle(opened, ownsHandle: true);
        }
    }

    /// <summary><c>struct open_how</c>, linux/openat2.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct HowToOpen
    {
        public ulong Flags, Mode, Resolve;
    }

    private const nint OpenCall = 437;              // the same on every architecture
    private const int CloseOnExec = 0x80000;
    private const ulong Beneath = 8, NoLinks = 4, NoMagicLinks = 2, InRoot = 16;   // RESOLVE_*
}
