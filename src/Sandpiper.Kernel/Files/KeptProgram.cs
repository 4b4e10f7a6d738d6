using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// A program that gets its name when it is whole, and nobody has it open to write it any more: the kernel starts none that somebody has
/// (ETXTBSY). Whoever is killed meanwhile leaves nothing (open(2), O_TMPFILE).
/// </summary>
public static class KeptProgram
{
    private const int Unnamed = 0x400000;       // __O_TMPFILE: asm-generic/fcntl.h
    private const int FollowsLink = 0x400;      // AT_SYMLINK_FOLLOW: linux/fcntl.h
    private const UnixFileMode OwnerStarts = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    /// <summary>Whether that is how one looks: a file of ours alone, which is read and started, and has one name.</summary>
    public static bool IsOne(in FileStatus file, uint user) => file.Type is FileType.Regular && file.Mode == OwnerStarts
        && file.UserId == user && file.Links == 1;

    /// <summary>Makes one, in the place of whatever file has that name.</summary>
    /// <param name="path">Absolute; the directory is no link.</param>
    /// <returns>False where it cannot be made, or nothing is started there (<c>noexec</c>).</returns>
    public static bool TryMake(string path, ReadOnlySpan<byte> content)
    {
        using SafeFileHandle directory = RawFile.Open(
            Path.GetDirectoryName(path)!, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        if (errno != 0 || !FileSystem.StartsPrograms(directory)) return false;
        using SafeFileHandle? made = Unwritable(directory, content);
        if (made is null) return false;
        byte[] name = NativeText.Bytes(Path.GetFileName(path));
        _ = NameInDirectory.Remove(directory, name);
        return OpenDirectory.HardLink(StatxCall.Here, PlaceOf(made), directory, Path.GetFileName(path), FollowsLink) == 0;
    }

    private static SafeFileHandle? Unwritable(SafeFileHandle directory, ReadOnlySpan<byte> content)
    {
        using SafeFileHandle file =
            RawFile.Open(PlaceOf(directory), Unnamed | RawFile.OnlyDirectories | RawFile.WriteOnly, OwnerStarts, out int errno);
        if (errno != 0) return null;
        if (!Descriptor.TryWrite(file, content)) return null;
        try
        {
            if (File.GetUnixFileMode(file) != OwnerStarts) File.SetUnixFileMode(file, OwnerStarts);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        SafeFileHandle unwritable = RawFile.Open(PlaceOf(file), RawFile.ReadOnly, out errno);
        if (errno == 0) return unwritable;
        unwritable.Dispose();
        return null;
    }

    private static string PlaceOf(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";
}
