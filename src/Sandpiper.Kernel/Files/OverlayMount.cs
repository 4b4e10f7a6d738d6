using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// Two directories shown as one: what is written lands in the upper, the lower is only read. overlayfs, which since Linux 5.11 also
/// somebody may mount who is root in a user namespace alone.
/// </summary>
/// <remarks>Layers are told by handle: no name is resolved, and none has to be quoted.</remarks>
public static unsafe partial class OverlayMount
{
    /// <summary>
    /// Directories of the lower one that are renamed fail (EXDEV), as do those of any overlay without rights over the whole machine: the
    /// upper one never says where something else lies, nor does it hold files without their content.
    /// </summary>
    /// <param name="lower">All are opened <see cref="RawFile.AsPlace"/>.</param>
    /// <param name="upper">Ours; what it holds already hides what has the name below.</param>
    /// <param name="work">Ours, empty, beside <paramref name="upper"/>.</param>
    /// <returns>Its root, mounted nowhere; null with the error number.</returns>
    public static SafeFileHandle? TryMake(SafeFileHandle lower, SafeFileHandle upper, SafeFileHandle work, out int errno)
    {
        return NewFileSystem.TryMake("overlay",
        [
            ("lowerdir", Named(lower)), ("upperdir", Named(upper)), ("workdir", Named(work)),
            // The others would write what the upper one means in words that only root may write (redirect_dir and metacopy with it).
            ("userxattr", null),
            // Files with two names are two files above, as they are in a copy.
            ("index", "off"),
        ], out errno);
    }

    /// <summary>Nothing of the lower directory is seen through a directory of the upper one.</summary>
    /// <param name="directory">Opened for reading.</param>
    public static bool IsOpaque(SafeFileHandle directory)
    {
        Span<byte> value = stackalloc byte[1];
        return GetAttribute(directory, Opaque, value, 1) == 1 && value[0] == (byte)'y';
    }

    /// <returns>0, or the error number: a file system without such words cannot be the upper layer.</returns>
    public static int MakeOpaque(SafeFileHandle directory) =>
        SetAttribute(directory, Opaque, "y"u8, 1, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>A name of the lower directory is not there.</summary>
    /// <returns>0, or the error number.</returns>
    public static int MakeWhiteout(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        byte[] ended = [.. name, 0];
        fixed (byte* start = ended)
        {
            return MakeNode(directory, start, CharacterDevice, device: 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Whether that is what a name of the upper directory stands for.</summary>
    public static bool IsWhiteout(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        using SafeFileHandle place = PlaceBelow.Open(directory, name);
        return !place.IsInvalid && DeviceNumber.OfCharacter(place) is { Major: 0, Minor: 0 };
    }

    private static string Named(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    [LibraryImport("libc", EntryPoint = "fgetxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttribute(SafeFileHandle file, string name, Span<byte> value, nuint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetAttribute(SafeFileHandle file, string name, ReadOnlySpan<byte> value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "mknodat", SetLastError = true)]
    private static partial int MakeNode(SafeFileHandle directory, byte* name, uint mode, ulong device);

    private const string Opaque = "user.overlay.opaque";                     // Documentation/filesystems/overlayfs.rst
    private const uint CharacterDevice = 0x2000;                            // S_IFCHR, linux/stat.h
}
