using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// A file that is there whole or not at all: written under another name, and renamed over what has its own. Whatever stands in either
/// place, a link or a pipe, is neither followed nor waited for.
/// </summary>
public static class WholeFile
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>One that its owner alone reads, written beside its place by this process.</summary>
    /// <inheritdoc cref="Write(string, string, ReadOnlySpan{byte}, UnixFileMode)"/>
    public static void Write(string path, ReadOnlySpan<byte> content) =>
        Write(path, $"{path}.{Environment.ProcessId}", content, OwnersAlone);

    /// <param name="path">The directory must be there, and is no link.</param>
    /// <param name="beside">What it is called until it is whole, on the same file system: a name that nobody else writes to.</param>
    /// <param name="mode">Whatever the umask says.</param>
    /// <exception cref="KernelException">It could not be written; what had the name has it still.</exception>
    public static void Write(string path, string beside, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        using SafeFileHandle place = DirectoryOf(path), besidePlace = DirectoryOf(beside);
        byte[] name = NameOf(path), besideName = NameOf(beside);
        _ = NameInDirectory.Remove(besidePlace, besideName);    // of one who was killed
        using SafeFileHandle file = NameInDirectory.MakeFile(besidePlace, besideName, mode, out int errno);
        if (file.IsInvalid) throw new KernelException("open", errno, beside);
        try
        {
            if (!Descriptor.TryWrite(file, content)) throw new KernelException("write", Errno.NoSpace, beside);
            if (File.GetUnixFileMode(file) != mode) File.SetUnixFileMode(file, mode);
            errno = AtomicRename.Replace(besidePlace, besideName, place, name);
            if (errno != 0) throw new KernelException("rename", errno, path);
        }
        catch
        {
            _ = NameInDirectory.Remove(besidePlace, besideName);
            throw;
        }
    }

    private static SafeFileHandle DirectoryOf(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        return RawFile.TryOpen(directory, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow)
            ?? throw new KernelException("open", Errno.NoSuchFile, directory);
    }

    private static byte[] NameOf(string path) => Encoding.UTF8.GetBytes(Path.GetFileName(path));
}
