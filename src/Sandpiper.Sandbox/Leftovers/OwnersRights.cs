using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>
/// What the owner of a directory may do in it. A program that takes that from its user keeps what is in it from being looked at and moved,
/// and yet a hook in it is run: who knows its name need not list it.
/// </summary>
internal static class OwnersRights
{
    private const UnixFileMode Looking = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    /// <summary>Whether a directory of ours is closed to us.</summary>
    public static bool Lack(in FileStatus directory) => directory.UserId == UserIds.Real && (directory.Mode & Looking) != Looking;

    /// <summary>All of them.</summary>
    /// <param name="directory">A handle that leads to it, be it one that cannot be read through.</param>
    /// <returns>What it had before; null: that is not for us to give.</returns>
    public static UnixFileMode? Give(SafeFileHandle directory)
    {
        FileStatus status = FileStatus.Of(directory);
        if (status.Type is not FileType.Directory || status.UserId != UserIds.Real) return null;
        return TrySet(directory, status.Mode | Looking | UnixFileMode.UserWrite) ? status.Mode : null;
    }

    /// <summary>As it was.</summary>
    public static void TakeBack(SafeFileHandle directory, UnixFileMode mode) => TrySet(directory, mode);

    private static bool TrySet(SafeFileHandle directory, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode($"/proc/self/fd/{directory.DangerousGetHandle()}", mode);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // a file system that is read-only by now
        }
    }
}
