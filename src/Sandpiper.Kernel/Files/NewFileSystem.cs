using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// A file system made by its settings, mounted nowhere yet: fsopen(2), fsconfig(2), fsmount(2), Linux 5.2. Needs CAP_SYS_ADMIN over the
/// namespace of mounts, and a kind that may be made there.
/// </summary>
public static class NewFileSystem
{
    /// <summary>An empty one in memory (tmpfs(5)).</summary>
    /// <param name="bytes">
    /// What fits. So do as many names as pages: they are memory, too, and no process is ended to have it back.
    /// </param>
    /// <param name="mode">Of its root, which is ours.</param>
    /// <inheritdoc cref="TryMake"/>
    public static SafeFileHandle? TryMakeInMemory(long bytes, UnixFileMode mode, out int errno) =>
        TryMake("tmpfs",
        [
            ("size", $"{bytes}"), ("nr_inodes", $"{Math.Max(bytes / Page, FewestNames)}"),
            ("mode", Convert.ToString((int)mode, toBase: 8)),
        ], out errno);

    /// <summary>What is to be asked for, where so many names are to be in it.</summary>
    public static long BytesFor(long names) => (names + 1) * Page;

    /// <returns>Its root; null with the error number.</returns>
    internal static unsafe SafeFileHandle? TryMake(string kind, ReadOnlySpan<(string Name, string? Value)> settings, out int errno)
    {
        fixed (byte* name = Text(kind))
        {
            using var context = new SafeFileHandle(Checked(Open, out errno, (nuint)name, CloseOnExec), ownsHandle: true);
            if (errno != 0) return null;
            Set(context, "source", kind, out errno);
            foreach (var (setting, value) in settings)
            {
                if (errno != 0) return null;
                Set(context, setting, value, out errno);
            }
            if (errno == 0) _ = Checked(Configure, out errno, Number(context), Create);
            if (errno != 0) return null;
            var mount = new SafeFileHandle(
                Checked(Mount, out errno, Number(context), CloseOnExec, NoSetUserId | NoDevices), ownsHandle: true);
            if (errno == 0) return mount;
            mount.Dispose();
            return null;
        }
    }

    private static unsafe void Set(SafeFileHandle context, string name, string? value, out int errno)
    {
        fixed (byte* key = Text(name), text = value is null ? null : Text(value))
        {
            _ = Checked(Configure, out errno, Number(context), value is null ? SetFlag : SetText, (nuint)key, (nuint)text);
        }
    }

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static nuint Number(SafeFileHandle file) => (nuint)file.DangerousGetHandle();

    private static nint Checked(nint call, out int errno, nuint first, nuint second, nuint third = 0, nuint fourth = 0)
    {
        nint result = SystemCall.Invoke(call, first, second, third, fourth, 0);
        errno = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result;
    }

    private const int Page = 4096, FewestNames = 64;
    private const nint Open = 430, Configure = 431, Mount = 432;            // the same on every architecture
    private const nuint CloseOnExec = 1;                                    // FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC
    private const nuint SetFlag = 0, SetText = 1, Create = 6;               // FSCONFIG_*, linux/mount.h
    private const nuint NoSetUserId = 2, NoDevices = 4;                     // MOUNT_ATTR_*
}
